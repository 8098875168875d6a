"""Files made to do harm: none takes the service down, goes beyond its limits, or passes for read with nothing in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.documents import Document
from ingest.parsers.options import ParseOptions
from ingest.sandbox import picture_task, sniff_task
from ingest.sandbox.errors import OutOfCpuTime, OutOfMemory, OutOfTime, TaskCrashed
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox
from kit.errors import CairnError
from tests.unit.ingest.sandbox.hostile_bytes import (
    FORM,
    GOOD,
    ROW,
    TYPES,
    archive,
    entities,
    epub,
    external,
    merged_sheet,
    ods,
    odt,
    pdf,
    pdf_bomb,
    pdf_of_operators,
    pdf_of_pages,
    pdf_of_words,
    png,
    sheet,
    word,
    word_with_styles,
)

LIMITS = Limits(seconds=40, cpu_seconds=20, memory_bytes=512 * MEBIBYTE)
OPTIONS = ParseOptions(max_rows=20_000, max_characters=12_000_000)  # so that a busy machine gets there in time
SECRET = "cairn-secret-of-this-machine"

REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a bomb of one member": ("a.docx", lambda: word(" " * 60_000_000), "LIMIT_EXCEEDED"),
    "a bomb beside the text": ("a.docx", lambda: archive({
        "[Content_Types].xml": TYPES, "_rels/.rels": "<Relationships/>", "word/media.bin": bytes(64_000_000),
    }), "LIMIT_EXCEEDED"),
    "entities in Word": ("a.docx", lambda: word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", before=entities("x")),
                         "FILE_IS_CORRUPT"),
    "entities in OpenDocument": ("a.odt", lambda: odt("<text:p>&l9;</text:p>", entities("x")), "FILE_IS_CORRUPT"),
    "a program called a PDF": ("a.pdf", lambda: b"MZ\x90\x00" + bytes(4000), "UNSUPPORTED_FILE_TYPE"),
    "a picture called a Word file": ("a.docx", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300),
                                     "FILE_IS_CORRUPT"),
    "a cut Word file": ("a.docx", lambda: GOOD[: len(GOOD) // 2], "FILE_IS_CORRUPT"),
    "a cut PDF": ("a.pdf", lambda: pdf_of_pages(3)[:120], "FILE_IS_CORRUPT"),
    "a cut JSON": ("a.json", lambda: b'{"a": [1, 2', "FILE_IS_CORRUPT"),
    "a page tree that holds itself": ("a.pdf", lambda: pdf(
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"), ""),
    "10,000 pages": ("a.pdf", lambda: pdf_of_pages(10_000), "LIMIT_EXCEEDED"),
    "two million operators": ("a.pdf", lambda: pdf_of_operators(b"0 0 m 9 9 l S\n" * 700_000), ""),
    "a million rows of a sheet": ("a.xlsx", lambda: sheet(ROW * 1_000_000), "LIMIT_EXCEEDED"),
    "a million rows of text": ("a.csv", lambda: b"a,b\n" * 1_000_000, "LIMIT_EXCEEDED"),
    "a million lines of JSON": ("a.jsonl", lambda: b'{"a": 1}\n' * 1_000_000, "LIMIT_EXCEEDED"),
    "a chapter that is read without end": ("a.epub", lambda: epub(spine=3000, words=1000), "LIMIT_EXCEEDED"),
    "more parts than a file has": ("a.docx", lambda: archive({
        "[Content_Types].xml": TYPES, "_rels/.rels": "<Relationships/>", "word/document.xml": "<x/>",
        **{f"word/{number}.xml": "" for number in range(30_000)},
    }), "LIMIT_EXCEEDED"),
    "a page that inflates without end": ("a.pdf", lambda: pdf_bomb(700), "PARSE_OUT_OF_MEMORY"),
    "a drawing that draws itself": ("a.pdf", lambda: pdf_of_words(
        form=FORM.format("/Resources << /XObject << /X 5 0 R >> >>", 11, "/X Do /X Do")), ""),
    "a cut workbook": ("a.xlsx", lambda: sheet(ROW * 50)[:900], "FILE_IS_CORRUPT"),
    "a cut picture": ("a.png", lambda: png(100, 100)[:40], "FILE_IS_CORRUPT"),
    "an Outlook message of nothing": ("a.msg", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(700),
                                      "UNSUPPORTED_FILE_TYPE"),
    "JSON nested without end": ("a.json", lambda: b"[" * 200_000 + b"]" * 200_000, ""),
    "nothing but blanks": ("a.txt", lambda: b" \n" * 5000, "FILE_HAS_NO_TEXT"),
    "a Word file without text": ("a.docx", lambda: word("<w:p/>"), "FILE_HAS_NO_TEXT"),
    "a PDF of a blank page": ("a.pdf", lambda: pdf_of_pages(1), "OCR_IS_OFF"),
}  # fmt: skip
"""By what they are: name, bytes, code of the refusal; "" where the limits of the process or the parser may be first."""

READ_OR_REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "HTML nested without end": ("a.html", lambda: b"<html>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000),
    "tables in tables": ("a.docx", lambda: word("<w:tbl><w:tr><w:tc>" * 3000 + "<w:p><w:r><w:t>deep</w:t></w:r></w:p>"
                                                + "</w:tc></w:tr></w:tbl>" * 3000)),
    "lists in lists": ("a.odt", lambda: odt("<text:list><text:list-item>" * 5000 + "<text:p>deep</text:p>"
                                            + "</text:list-item></text:list>" * 5000)),
    "quotes in quotes": ("a.md", lambda: b">" * 50_000 + b" deep"),
    "mail in mail": ("a.eml", lambda: b"From: a@b\nTo: c@d\nSubject: s\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"
                     + b"Content-Type: message/rfc822\n\n" * 3000 + b"deep"),
    "groups in groups": ("a.rtf", lambda: b"{\\rtf1 " + b"{" * 200_000 + b"deep" + b"}" * 200_001),
    "styles that are based on each other": ("a.docx", lambda: word_with_styles("".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{one}"/><w:basedOn w:val="{other}"/></w:style>'
        for one, other in ("ab", "ba")), "a")),
    "an outline that holds itself": ("a.pdf", lambda: pdf_of_words("/Outlines 6 0 R", others=(
        "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
        "<< /Title (deep) /Parent 6 0 R /First 7 0 R /Next 7 0 R /Last 7 0 R /Dest [3 0 R /Fit] >>"))),
    "a field that holds itself": ("a.pdf", lambda: pdf_of_words("/AcroForm << /Fields [6 0 R] >>", others=(
        "<< /T (x) /FT /Tx /Kids [6 0 R] /Parent 6 0 R /V (deep) >>",))),
    "a cell repeated a billion times": ("a.ods", lambda: ods(
        '<table:table-cell table:number-columns-repeated="1000000000"><text:p>deep</text:p></table:table-cell>')),
    "a cell over a billion others": ("a.ods", lambda: ods(
        '<table:table-cell table:number-columns-spanned="1000000000" table:number-rows-spanned="1000000000">'
        "<text:p>deep</text:p></table:table-cell>")),
    "a billion blanks": ("a.odt", lambda: odt('<text:p>deep<text:s text:c="1000000000"/>end</text:p>')),
    "a cell over all of a sheet": ("a.xlsx", merged_sheet),
    "a cell at the far end of a sheet": ("a.xlsx", lambda: sheet(
        ROW + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>deep</t></is></c></row>')),
    "a cell over a billion columns": ("a.docx", lambda: word(
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p><w:r><w:t>deep</w:t></w:r></w:p>'
        "</w:tc></w:tr></w:tbl>")),
    "a cell over a billion of both": ("a.html", lambda: b"<html><body><table><tr>"
                                      b"<td colspan=1000000000 rowspan=1000000000>deep</td><td>b</td></tr>"
                                      b"<tr><td>c</td></tr></table></body></html>"),
    "a million columns": ("a.csv", lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000 + b"\n"),
    "emphasis without end": ("a.md", lambda: b"*a " * 50_000),
    "one line of ten megabytes": ("a.txt", lambda: b"x" * 10_000_000),
    "a cell of ten megabytes": ("a.csv", lambda: b"a,b\n1," + b"y" * 10_000_000 + b"\n"),
    "JSON of long names": ("a.json", lambda: json.dumps({"k" * 100_000: {"k" * 100_000: 1}}).encode()),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def outcome(sandbox: Sandbox, tmp_path: Path, name: str, content: bytes) -> Document | CairnError:
    """The document, or how the reading ended; in any case in time, and with a sandbox that goes on."""
    path = tmp_path / "hostile"
    path.write_bytes(content)
    began = time.monotonic()
    found: Document | CairnError
    try:
        found = parse_file(sandbox, path, name, OPTIONS, LIMITS)
    except CairnError as error:
        found = error
    assert time.monotonic() - began < LIMITS.seconds + 5
    path.write_text("The sandbox goes on.", encoding="utf-8")
    after = parse_file(sandbox, path, "after.txt", OPTIONS, LIMITS)
    assert after.blocks[0].text == "The sandbox goes on."
    return found


@pytest.mark.parametrize("what", REFUSED)
def test_what_gives_no_document_is_refused_by_name(sandbox: Sandbox, tmp_path: Path, what: str) -> None:
    name, make, code = REFUSED[what]
    found = outcome(sandbox, tmp_path, name, make())
    assert isinstance(found, CairnError), f"read: {found}"[:300]
    assert found.code == code or (not code and found.code != "PARSE_INTERNAL_ERROR"), found.message
    assert len(found.message) < 1000
    if code == "LIMIT_EXCEEDED":
        assert "CAIRN_PARSE_MAX_" in found.message or "it is fixed" in found.message, found.message


@pytest.mark.parametrize("what", READ_OR_REFUSED)
def test_what_is_odd_is_read_with_its_text_or_refused(sandbox: Sandbox, tmp_path: Path, what: str) -> None:
    name, make = READ_OR_REFUSED[what]
    found = outcome(sandbox, tmp_path, name, make())
    if isinstance(found, CairnError):
        assert found.code != "PARSE_INTERNAL_ERROR", found.message
    else:
        assert any(block.text.strip() for block in found.blocks)


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "xml"])
def test_no_file_of_this_machine_gets_into_a_document(sandbox: Sandbox, tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    before = external("x", secret)
    contents = {
        "docx": word("<w:p><w:r><w:t>seen &secret;</w:t></w:r></w:p>", before=before),
        "odt": odt("<text:p>seen &secret;</text:p>", before),
        "html": f"{before}<html><body><p>seen &secret; and more words</p></body></html>".encode(),
        "xml": f'<?xml version="1.0"?>{before}<x>seen &secret;</x>'.encode(),
    }
    found = outcome(sandbox, tmp_path, f"a.{kind}", contents[kind])
    shown = found.message if isinstance(found, CairnError) else "\n".join(block.text for block in found.blocks)
    assert SECRET not in shown


def test_a_death_is_told_by_how_it_came_about() -> None:
    told = {type(one): one.message for one in (OutOfMemory(LIMITS), OutOfCpuTime(LIMITS), OutOfTime(LIMITS))}
    assert told[OutOfMemory].endswith("(limit 512 MB); split the file or raise CAIRN_PARSE_MEMORY")
    assert told[OutOfCpuTime].endswith("exceeded 20 s of CPU; split the file or raise CAIRN_PARSE_CPU_SECONDS")
    assert told[OutOfTime].endswith("took more than 40 s; split the file or raise CAIRN_PARSE_TIMEOUT")
    assert "SIGSEGV" in TaskCrashed(signal_number=11).message
    killed = TaskCrashed(signal_number=9).message
    assert "ended from outside with signal 9 (SIGKILL)" in killed
    assert "damaged" not in killed


@pytest.mark.parametrize("limits", [sniff_task.LIMITS, picture_task.LIMITS])
def test_a_death_within_fixed_limits_names_no_setting(limits: Limits) -> None:
    for died in (OutOfMemory(limits), OutOfCpuTime(limits), OutOfTime(limits)):
        assert "CAIRN_" not in died.message
        assert died.message.endswith("no setting raises that: split the file or save it anew")


def test_a_death_names_the_setting_that_its_limit_came_from() -> None:
    limits = replace(
        LIMITS,
        memory_setting="CAIRN_DOCLING_MEMORY",
        steps=9,
        step_seconds=60,
        step_setting="CAIRN_DOCLING_PAGE_SECONDS",
    )
    assert OutOfMemory(limits).message.endswith("raise CAIRN_DOCLING_MEMORY")
    for died, setting in (OutOfCpuTime(limits), "CPU_SECONDS"), (OutOfTime(limits), "TIMEOUT"):
        assert died.message.endswith(
            f"60 s more for each step; split the file or raise CAIRN_PARSE_{setting} or CAIRN_DOCLING_PAGE_SECONDS"
        )
