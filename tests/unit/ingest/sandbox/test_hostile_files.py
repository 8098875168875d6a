"""Files made to do harm: none takes the service down, goes beyond its limits, or passes for read with nothing in it."""

from __future__ import annotations

import io
import json
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.documents import Document
from ingest.parsers.options import ParseOptions
from ingest.sandbox.errors import OutOfCpuTime, OutOfMemory, OutOfTime, TaskCrashed
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox
from kit.errors import CairnError

LIMITS = Limits(seconds=40, cpu_seconds=20, memory_bytes=512 * MEBIBYTE)
OPTIONS = ParseOptions(max_rows=20_000)  # a tenth of the default, so that a busy machine gets there in time
SECRET = "cairn-secret-of-this-machine"

_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def package(main: str, content: str) -> bytes:
    relation = f'<Relationships><Relationship Id="r1" Type="{_RELATION}" Target="{main}"/></Relationships>'
    return archive({"[Content_Types].xml": _TYPES, "_rels/.rels": relation, main: content})


def archive(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def word(inner: str, *, before: str = "") -> bytes:
    return package("word/document.xml", f'{before}<w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>')


def sheet(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    package_ns = "http://schemas.openxmlformats.org/package/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return archive({
        "[Content_Types].xml": _TYPES.replace(
            "/>",
            f'><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
        ),
        "_rels/.rels": f'<Relationships xmlns="{package_ns}"><Relationship Id="r1" Type="{_RELATION}" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package_ns}">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><dimension ref="A1:B2"/>'
        f"<sheetData>{rows}</sheetData></worksheet>",
    })  # fmt: skip


def pdf(*objects: str | bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return bytes(out) + f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def pdf_of_pages(count: int) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>", *[page] * count
    )


def pdf_of_operators(operators: bytes) -> bytes:
    stream = zlib.compress(operators)
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream",
    )


def entities(name: str) -> str:
    """Nine levels of ten each: a billion times `lol`."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE {name} [<!ENTITY l0 "lol">{levels}]>'


def external(name: str, file: Path) -> str:
    return f'<!DOCTYPE {name} [<!ENTITY secret SYSTEM "file://{file}">]>'


def odt(inner: str, before: str = "") -> bytes:
    content = (
        f'{before}<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0">'
        f"<office:body><office:text>{inner}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


_ROW = '<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row>'
_GOOD = word("<w:p><w:r><w:t>Text.</w:t></w:r></w:p>")

REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a bomb of one member": ("a.docx", lambda: word(" " * 60_000_000), "LIMIT_EXCEEDED"),
    "a bomb beside the text": ("a.docx", lambda: archive({
        "[Content_Types].xml": _TYPES, "_rels/.rels": "<Relationships/>", "word/media.bin": bytes(64_000_000),
    }), "LIMIT_EXCEEDED"),
    "entities in Word": ("a.docx", lambda: word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", before=entities("x")),
                         "FILE_IS_CORRUPT"),
    "entities in OpenDocument": ("a.odt", lambda: odt("<text:p>&l9;</text:p>", entities("x")), "FILE_IS_CORRUPT"),
    "a program called a PDF": ("a.pdf", lambda: b"MZ\x90\x00" + bytes(4000), "UNSUPPORTED_FILE_TYPE"),
    "a picture called a Word file": ("a.docx", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300),
                                     "FILE_IS_CORRUPT"),
    "a cut Word file": ("a.docx", lambda: _GOOD[: len(_GOOD) // 2], "FILE_IS_CORRUPT"),
    "a cut PDF": ("a.pdf", lambda: pdf_of_pages(3)[:120], "FILE_IS_CORRUPT"),
    "a cut JSON": ("a.json", lambda: b'{"a": [1, 2', "FILE_IS_CORRUPT"),
    "a page tree that holds itself": ("a.pdf", lambda: pdf(
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"), ""),
    "10,000 pages": ("a.pdf", lambda: pdf_of_pages(10_000), "LIMIT_EXCEEDED"),
    "two million operators": ("a.pdf", lambda: pdf_of_operators(b"0 0 m 9 9 l S\n" * 700_000), ""),
    "a million rows of a sheet": ("a.xlsx", lambda: sheet(_ROW * 1_000_000), "LIMIT_EXCEEDED"),
    "a million rows of text": ("a.csv", lambda: b"a,b\n" * 1_000_000, "LIMIT_EXCEEDED"),
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
    told = {type(one): one.message for one in (OutOfMemory(512 * MEBIBYTE), OutOfCpuTime(20), OutOfTime(40.0))}
    assert "512 MB" in told[OutOfMemory]
    assert "CAIRN_PARSE_MEMORY" in told[OutOfMemory]
    assert "CAIRN_PARSE_CPU_SECONDS" in told[OutOfCpuTime]
    assert "CAIRN_PARSE_TIMEOUT" in told[OutOfTime]
    assert "SIGSEGV" in TaskCrashed(signal_number=11).message
