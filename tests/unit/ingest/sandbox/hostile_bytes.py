"""Bytes of files made to do harm: packages, sheets, PDFs and their like, written by hand."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def package(main: str, content: str) -> bytes:
    relation = f'<Relationships><Relationship Id="r1" Type="{_RELATION}" Target="{main}"/></Relationships>'
    return archive({"[Content_Types].xml": TYPES, "_rels/.rels": relation, main: content})


def archive(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def word(inner: str, *, before: str = "") -> bytes:
    return package("word/document.xml", f'{before}<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>')


def sheet(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    package_ns = "http://schemas.openxmlformats.org/package/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return archive({
        "[Content_Types].xml": TYPES.replace(
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


ROW = '<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row>'
GOOD = word("<w:p><w:r><w:t>Text.</w:t></w:r></w:p>")


def ods(inner: str) -> bytes:
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
        f'xmlns:table="{_ODF}:table:1.0"><office:body><office:spreadsheet><table:table table:name="s">'
        f"<table:table-row>{inner}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def merged_sheet() -> bytes:
    """All cells that a sheet may have, merged into one."""
    with zipfile.ZipFile(io.BytesIO(sheet(ROW * 3))) as made:
        members: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
    cells = members["xl/worksheets/sheet1.xml"]
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert isinstance(cells, bytes)
    return archive({**members, "xl/worksheets/sheet1.xml": cells.replace(b"</sheetData>", merge)})


def word_with_styles(styles: str, style: str) -> bytes:
    """A paragraph of the style, in a package that tells of its styles."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return archive({
        "[Content_Types].xml": TYPES.replace(
            "/>",
            '><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        ),
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
        f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        "<w:r><w:t>deep</w:t></w:r></w:p></w:body></w:document>",
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
    })  # fmt: skip


FORM = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {} /Length {} >>\nstream\n{}\nendstream"


def pdf_of_words(catalog: str = "", *, form: str = FORM.format("", 0, ""), others: tuple[str, ...] = ()) -> bytes:
    """A page with a line of text that draws the form, which is object 5; `others` begin at object 6."""
    stream = "BT /F1 12 Tf 72 720 Td (deep words are here) Tj ET /X Do"
    return pdf(
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 << "
        "/Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        form,
        *others,
    )


def pdf_bomb(megabytes: int) -> bytes:
    """A page whose content inflates to so much."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream",
    )


def png(width: int, height: int) -> bytes:
    """With a header that says so, and next to nothing in it."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(1000))),
            (b"IEND", b""),
        )
    )


def epub(*, spine: int, words: int) -> bytes:
    """One chapter, read so many times."""
    container = "urn:oasis:names:tc:opendocument:xmlns:container"
    return archive({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": f'<container xmlns="{container}"><rootfiles><rootfile full-path="c.opf"/>'
        "</rootfiles></container>",
        "c.opf": '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine>' + '<itemref idref="a"/>' * spine
        + "</spine></package>",
        "a.xhtml": "<html><body><p>" + "deep " * words + "</p></body></html>",
    })  # fmt: skip
