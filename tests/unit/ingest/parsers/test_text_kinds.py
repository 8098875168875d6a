from __future__ import annotations

import pytest

from ingest.documents import BlockKind, ParserEngine
from ingest.parsers.encoding import decode
from ingest.parsers.errors import EngineIsMissing, FileHasNoText, FileIsCorrupt, LimitExceeded
from ingest.parsers.options import ParseOptions
from tests.unit.ingest.parsers.conftest import ParseBytes


class TestEncoding:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_unicode_with_and_without_mark(self, encoding: str) -> None:
        assert decode("Größe: 10 €".encode(encoding)) == "Größe: 10 €"

    def test_short_western_text(self) -> None:
        assert decode("Café Zürich".encode("cp1252")) == "Café Zürich"

    def test_declared_charset_before_a_guess(self) -> None:
        assert decode("Привет".encode("koi8_r"), declared="KOI8-R") == "Привет"

    def test_unknown_declared_charset_is_passed_over(self) -> None:
        assert decode("naïve".encode("cp1252"), declared="no-such-charset") == "naïve"

    def test_japanese_without_a_declaration(self) -> None:
        text = "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n"
        assert decode(text.encode("cp932")) == text

    @pytest.mark.parametrize("broken", [b"\xff", b"\xe4", b"\xc5"])
    def test_a_byte_out_of_place_leaves_utf8_utf8(self, broken: bytes) -> None:
        text = "Kolejne organizacje sprzeciwiają się skandalicznym atakom, również w Łodzi."
        assert decode(text.encode() + broken) == f"{text}\ufffd"

    def test_two_letters_that_look_like_utf8_do_not_make_it_so(self) -> None:
        assert decode("Preis ÃŸ, süß, für Öl".encode("cp1252"), declared="cp1252") == "Preis ÃŸ, süß, für Öl"

    def test_bytes_that_no_encoding_explains_do_not_raise(self) -> None:
        assert decode(bytes(range(128, 256)))


class TestPlainText:
    def test_paragraphs_are_parted_at_blank_lines_and_nothing_is_interpreted(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes("# not a heading\nsecond line\n\n\n- not a list", "a.txt")
        assert [(block.kind, block.text) for block in document.blocks] == [
            (BlockKind.TEXT, "# not a heading\nsecond line"),
            (BlockKind.TEXT, "- not a list"),
        ]
        assert document.mime_type == "text/plain"
        assert document.engine is ParserEngine.NODE_NATIVE

    def test_control_characters_are_removed(self, parse_bytes: ParseBytes) -> None:
        assert parse_bytes("bad\x01 wo\u00adrd\u200b", "a.txt").blocks[0].text == "bad word"

    def test_too_many_characters_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(LimitExceeded, match=r"limit is 10 characters.*CAIRN_PARSE_MAX_CHARACTERS"):
            parse_bytes("far more than ten", "a.txt", ParseOptions(max_characters=10))


class TestEngine:
    def test_docling_is_refused_with_the_engine_that_works(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(EngineIsMissing, match="NODE_NATIVE"):
            parse_bytes("text", "a.txt", ParseOptions(engine=ParserEngine.DOCLING))

    def test_auto_records_the_native_engine(self, parse_bytes: ParseBytes) -> None:
        assert parse_bytes("text", "a.txt", ParseOptions(engine=ParserEngine.AUTO)).engine is ParserEngine.NODE_NATIVE


class TestMarkdown:
    SOURCE = """---
title: "The Manual"
date: 2024-05-01
tags: [a, b]
---
# Install

Some **bold** text with a [link](http://example.com)
and `code`.

## Linux

1. first
2. second
   - inner

| Name | Size |
| ---- | ---- |
| a\\|b | 1    |

```python
# not a heading
print(1)
```

<table><tr><th>h</th><th>i</th></tr><tr><td>1</td><td>2</td></tr></table>
"""

    def test_front_matter_becomes_metadata_and_no_block(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(self.SOURCE, "a.md")
        assert document.title == "The Manual"
        assert document.published_at == "2024-05-01"
        assert all("Manual" not in block.text for block in document.blocks)

    def test_blocks_come_in_order_with_the_headings_above_them(self, parse_bytes: ParseBytes) -> None:
        blocks = parse_bytes(self.SOURCE, "a.md").blocks
        assert [(block.kind, tuple(block.heading_path)) for block in blocks] == [
            (BlockKind.HEADING, ()),
            (BlockKind.TEXT, ("Install",)),
            (BlockKind.HEADING, ("Install",)),
            (BlockKind.LIST, ("Install", "Linux")),
            (BlockKind.TABLE, ("Install", "Linux")),
            (BlockKind.CODE, ("Install", "Linux")),
            (BlockKind.TABLE, ("Install", "Linux")),
        ]
        assert blocks[1].text == "Some bold text with a link\nand code."
        assert blocks[3].text == "- 1. first\n- 2. second\n  - inner"
        assert blocks[5].text == "# not a heading\nprint(1)"

    def test_a_table_keeps_cells_and_renders_them(self, parse_bytes: ParseBytes) -> None:
        table = parse_bytes(self.SOURCE, "a.md").blocks[4]
        assert table.table is not None
        assert table.table.rows == (("Name", "Size"), ("a|b", "1"))
        assert table.text == "| Name | Size |\n| --- | --- |\n| a\\|b | 1 |"

    def test_front_matter_alone_is_no_text(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileHasNoText):
            parse_bytes("---\ntitle: x\n---\n", "a.md")


class TestDelimited:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found(self, parse_bytes: ParseBytes, delimiter: str) -> None:
        source = "\n".join(delimiter.join(row) for row in (["id", "name"], ["1", "Ada"], ["2", "Bob"]))
        table = parse_bytes(source, "a.csv").blocks[0].table
        assert table is not None
        assert table.rows == (("id", "name"), ("1", "Ada"), ("2", "Bob"))
        assert table.header_rows == 1

    def test_a_delimiter_inside_quotes_parts_nothing(self, parse_bytes: ParseBytes) -> None:
        table = parse_bytes('id,name\n1,"Lovelace; Ada, ""Countess"""\n', "a.csv").blocks[0].table
        assert table is not None
        assert table.rows[1] == ("1", 'Lovelace; Ada, "Countess"')

    def test_ragged_rows_are_padded(self, parse_bytes: ParseBytes) -> None:
        table = parse_bytes("a,b\n1\n2,3,4\n", "a.csv").blocks[0].table
        assert table is not None
        assert {len(row) for row in table.rows} == {3}

    def test_too_many_rows_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(LimitExceeded, match=r"limit is 5 table rows.*CAIRN_PARSE_MAX_ROWS"):
            parse_bytes("a,b\n" * 50, "a.csv", ParseOptions(max_rows=5))


class TestJson:
    def test_values_stand_under_their_paths(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes('{"user": {"name": "Ada", "langs": ["en", "fr"]}, "items": [{"n": 1}]}', "a.json")
        assert [block.text for block in document.blocks] == [
            "user.name: Ada\nuser.langs: en, fr",
            "items[0].n: 1",
        ]

    def test_each_line_of_json_lines_is_a_block(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes('{"a": 1}\n{"a": 2}\n', "a.jsonl")
        assert [block.text for block in document.blocks] == ["a: 1", "a: 2"]
        assert document.mime_type == "application/jsonl"

    def test_a_mistake_is_reported_with_its_place(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileIsCorrupt, match="line 2"):
            parse_bytes('{"a": 1,\n "b": }', "a.json")

    def test_endless_nesting_is_refused(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileIsCorrupt):
            parse_bytes("[" * 100_000, "a.json")


class TestRtf:
    def test_text_and_umlauts(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(rb"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe\par second}", "a.rtf")
        assert [block.text for block in document.blocks] == ["Grüße", "second"]


class TestMail:
    SOURCE = (
        b"From: Ada <ada@example.com>\r\nTo: bob@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        b"Date: Mon, 06 May 2024 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello Bob\r\n\r\nSecond\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello in HTML</p>\r\n"
        b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="bill.pdf"\r\n\r\nx\r\n'
        b"--b--\r\n"
    )

    def test_header_is_metadata_and_the_plain_body_is_taken(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(self.SOURCE, "a.eml")
        assert document.title == "Grüße"
        assert document.metadata["from"] == "Ada <ada@example.com>"
        assert document.published_at == "2024-05-06T10:00:00+02:00"
        assert [block.text for block in document.blocks] == ["Grüße", "Hello Bob", "Second"]

    def test_attachments_are_counted_and_no_part_of_the_text(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(self.SOURCE, "a.eml")
        assert document.attachments == 1
        assert document.warnings == ()

    def test_an_html_body_is_read_where_there_is_no_plain_one(self, parse_bytes: ParseBytes) -> None:
        source = "From: a@b.c\nSubject: s\nDate: x\nContent-Type: text/html\n\n<h2>News</h2><ul><li>one<li>two</ul>"
        blocks = parse_bytes(source, "a.eml").blocks
        assert [(block.kind, block.text) for block in blocks][1:] == [
            (BlockKind.HEADING, "News"),
            (BlockKind.LIST, "- one\n- two"),
        ]
