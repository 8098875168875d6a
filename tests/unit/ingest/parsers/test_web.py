from __future__ import annotations

import io
import zipfile

import pytest

from ingest.documents import BlockKind
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted
from tests.unit.ingest.parsers.conftest import ParseBytes

_PARAGRAPHS = "".join(
    f"<p>Paragraph {number} tells at some length what the reader of this article came here to find out.</p>"
    for number in range(8)
)
_ARTICLE = f"""<!DOCTYPE html><html lang="en"><head><title>Cranes - The Journal</title>
<meta property="og:title" content="Cranes"><meta name="author" content="Ada Lovelace">
<link rel="canonical" href="https://example.com/cranes">
<script type="application/ld+json">{{"@graph": [{{"@type": "Article", "datePublished": "2024-03-02"}}]}}</script>
<script src="/app.js"></script></head>
<body><nav><a href="/">Home</a><a href="/shop">Buy our calendar</a></nav>
<article><h1>Cranes</h1>{_PARAGRAPHS}<h2>Sizes</h2>
<table><tr><th>Kind</th><th>Height</th></tr><tr><td>Common</td><td>115 cm</td></tr></table>
<pre><code>if crane:\n    fly()</code></pre><ul><li>grey<ul><li>light grey</li></ul></li><li>white</li></ul></article>
<footer>All rights reserved by the publisher</footer></body></html>"""


class TestWebPages:
    def test_navigation_and_footer_are_left_out(self, parse_bytes: ParseBytes) -> None:
        text = "\n".join(block.text for block in parse_bytes(_ARTICLE, "a.html").blocks)
        assert "Paragraph 7 tells" in text
        assert "calendar" not in text
        assert "rights reserved" not in text

    def test_headings_tables_code_and_lists_are_kept(self, parse_bytes: ParseBytes) -> None:
        blocks = parse_bytes(_ARTICLE, "a.html").blocks
        kinds = [block.kind for block in blocks]
        assert kinds.count(BlockKind.HEADING) == 2
        table = next(block for block in blocks if block.kind is BlockKind.TABLE)
        assert table.table is not None
        assert table.table.rows == (("Kind", "Height"), ("Common", "115 cm"))
        assert tuple(table.heading_path) == ("Cranes", "Sizes")
        assert next(block.text for block in blocks if block.kind is BlockKind.CODE) == "if crane:\n    fly()"
        assert next(block.text for block in blocks if block.kind is BlockKind.LIST).startswith("- grey")

    def test_the_head_gives_title_author_date_and_address(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(_ARTICLE, "a.html")
        assert document.title == "Cranes"
        assert document.language == "en"
        assert document.published_at == "2024-03-02"
        assert document.metadata["author"] == "Ada Lovelace"
        assert document.metadata["canonical_url"] == "https://example.com/cranes"

    def test_a_page_that_a_script_draws_has_no_text(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileHasNoText, match="script"):
            parse_bytes("<html><body><div id='root'></div><script src='/a.js'></script></body></html>", "a.html")


class TestMainElements:
    """Where trafilatura keeps next to nothing of what the page itself marks as its main part."""

    _ENTRIES = "".join(f"<dt>Option {n}</dt><dd>Sets level {n}.</dd>" for n in range(60))
    _PAGE = """<!DOCTYPE html><html><body><nav><a href="/">Home</a></nav><main>{}
    <div id="comments" class="comments-area">{}</div></main><footer>All rights reserved</footer></body></html>"""

    def test_comments_below_it_are_left_out(self, parse_bytes: ParseBytes) -> None:
        comments = "".join(f"<p>Reader {n} wrote this</p>" for n in range(5))
        page = self._PAGE.format(f"<dl>{self._ENTRIES}</dl>", comments)
        text = "\n".join(block.text for block in parse_bytes(page, "a.html").blocks)
        assert "Sets level 59." in text
        assert "Reader" not in text

    def test_paragraphs_that_begin_in_bold_stay_in_an_article(self, parse_bytes: ParseBytes) -> None:
        page = _ARTICLE.replace("<p>Paragraph 3", "<p><b>First</b> of all: <i>paragraph</i> 3")
        text = "\n".join(block.text for block in parse_bytes(page, "a.html").blocks)
        assert "First of all: paragraph 3 tells" in text

    def test_what_a_cell_spans_is_filled_in_an_article_too(self, parse_bytes: ParseBytes) -> None:
        row = "<tr><td rowspan=2>White</td><td>140 cm</td></tr><tr><td>5 kg</td></tr>"
        page = _ARTICLE.replace("<td>115 cm</td></tr>", f"<td>115 cm</td></tr>{row}")
        table = next(block.table for block in parse_bytes(page, "a.html").blocks if block.table is not None)
        assert table.rows[2:] == (("White", "140 cm"), ("White", "5 kg"))


class TestTablesInHtml:
    def test_headings_and_tables_in_short_cells_are_values(self, parse_bytes: ParseBytes) -> None:
        inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
        page = f"<table><tr><td><h1>Key</h1></td><td>Value</td></tr><tr><td>letters</td><td>{inner}</td></tr></table>"
        (block,) = parse_bytes(page, "a.html").blocks
        assert block.table is not None
        assert block.table.rows == (("Key", "Value"), ("letters", "a b c d"))

    def test_a_table_that_arranges_a_page_is_none(self, parse_bytes: ParseBytes) -> None:
        content = f"<h1>Cranes</h1>{_PARAGRAPHS}"
        page = f"<table><tr><td>Home</td><td>{content}</td></tr><tr><td>Shop</td><td>2024</td></tr></table>"
        kinds = [block.kind for block in parse_bytes(page, "a.html").blocks]
        assert BlockKind.TABLE not in kinds
        assert BlockKind.HEADING in kinds


class TestPlainHtmlDocuments:
    def test_everything_is_kept_in_order(self, parse_bytes: ParseBytes) -> None:
        source = (
            "<html><body>loose <b>text</b><br>next line<h3>Deep</h3><div>in a div<p>in a p</p>after</div></body></html>"
        )
        assert [(block.kind, block.text) for block in parse_bytes(source, "a.html").blocks] == [
            (BlockKind.TEXT, "loose text\nnext line"),
            (BlockKind.HEADING, "Deep"),
            (BlockKind.TEXT, "in a div"),
            (BlockKind.TEXT, "in a p"),
            (BlockKind.TEXT, "after"),
        ]

    def test_spans_are_filled_so_that_each_row_reads_on_its_own(self, parse_bytes: ParseBytes) -> None:
        source = (
            "<html><table><tr><th rowspan=2>City</th><th colspan=2>People</th></tr><tr><th>2020</th><th>2024</th></tr>"
            "<tr><td>Bonn</td><td>1</td><td>2</td></tr></table></html>"
        )
        table = parse_bytes(source, "a.html").blocks[0].table
        assert table is not None
        assert table.rows == (("City", "People", "People"), ("City", "2020", "2024"), ("Bonn", "1", "2"))
        assert table.header_rows == 2

    def test_a_hostile_span_is_bounded(self, parse_bytes: ParseBytes) -> None:
        source = (
            "<html><table><tr><td colspan=99999999>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></html>"
        )
        table = parse_bytes(source, "a.html").blocks[0].table
        assert table is not None
        assert len(table.rows[0]) <= 101

    def test_hidden_text_scripts_and_styles_are_left_out(self, parse_bytes: ParseBytes) -> None:
        source = (
            "<html><body><style>p {}</style><p>seen</p><p hidden>a</p><p style='display: none'>b</p>"
            "<p aria-hidden='true'>c</p><script>d</script></body></html>"
        )
        assert [block.text for block in parse_bytes(source, "a.html").blocks] == ["seen"]

    def test_the_declared_charset_is_used(self, parse_bytes: ParseBytes) -> None:
        source = "<html><head><meta charset='koi8-r'></head><body><p>Привет</p></body></html>".encode("koi8_r")
        assert parse_bytes(source, "a.html").blocks[0].text == "Привет"

    def test_entities_of_a_document_type_are_not_expanded(self, parse_bytes: ParseBytes) -> None:
        source = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>a &x; b</p></body></html>'
        assert "root:" not in parse_bytes(source, "a.html").blocks[0].text

    def test_nesting_that_would_lose_text_is_refused(self, parse_bytes: ParseBytes) -> None:
        source = "<html><body>" + "<div>" * 5000 + "<p>deep</p>" + "</div>" * 5000 + "<p>after</p></body></html>"
        with pytest.raises(FileIsCorrupt, match="too deeply"):
            parse_bytes(source, "a.html")


def _epub(chapter: str, **extra: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "OPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<dc:title>Poems</dc:title><dc:creator>Ada</dc:creator><dc:language>en</dc:language></metadata><manifest>"
            '<item id="c2" href="two.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="c1" href="one%20x.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c1"/><itemref idref="c2"/><itemref idref="gone"/></spine></package>',
        )
        archive.writestr("OPS/one x.xhtml", chapter)
        archive.writestr(
            "OPS/two.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>Two</h1><p>b</p></body></html>"
        )
        for name, content in extra.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


class TestBooks:
    CHAPTER = "<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><body><h1>One</h1><p>a</p></body></html>"

    def test_chapters_come_in_the_order_of_the_spine(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(_epub(self.CHAPTER), "a.epub")
        assert document.title == "Poems"
        assert document.metadata["author"] == "Ada"
        assert [(block.text, tuple(block.heading_path)) for block in document.blocks] == [
            ("One", ()),
            ("a", ("One",)),
            ("Two", ()),
            ("b", ("Two",)),
        ]
        assert [warning.code for warning in document.warnings] == ["CHAPTER_IS_MISSING"]

    def test_rights_management_is_encryption(self, parse_bytes: ParseBytes) -> None:
        mark = (
            '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData>'
            '<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>'
        )
        with pytest.raises(FileIsEncrypted):
            parse_bytes(_epub(self.CHAPTER, **{"META-INF__encryption.xml": mark}), "a.epub")
