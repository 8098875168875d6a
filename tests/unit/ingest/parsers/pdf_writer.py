"""A PDF writer just large enough for tests: Helvetica text at given places, an outline, a picture-only page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAGE_HEIGHT = 792


@dataclass(frozen=True)
class Put:
    """Text at `x` points from the left and `y` points from the top of the page."""

    text: str
    x: float = 72
    y: float = 100
    size: float = 11
    bold: bool = False


@dataclass(frozen=True)
class PdfPage:
    texts: Sequence[Put] = ()
    rotate: int = 0
    drawing: str = ""
    entries: str = ""


@dataclass
class PdfWriter:
    """`outline` holds (title, page index), all of one level; `catalog` more entries of the document's catalog,
    `extra` further objects, numbered on from the last, `font` more entries of the font that is not bold."""

    pages: Sequence[PdfPage]
    outline: Sequence[tuple[str, int]] = ()
    title: str = ""
    catalog: str = ""
    extra: Sequence[str] = ()
    font: str = ""
    objects: list[bytes] = field(default_factory=list)

    def write(self, path: Path) -> Path:
        count = len(self.pages)
        first_page = 6
        kids = " ".join(f"{first_page + 2 * index} 0 R" for index in range(count))
        first_entry = first_page + 2 * count
        outlines = "/Outlines 5 0 R /PageMode /UseOutlines" if self.outline else ""
        self._add(f"<< /Type /Catalog /Pages 2 0 R {outlines} {self.catalog} >>")
        self._add(f"<< /Type /Pages /Kids [{kids}] /Count {count} >>")
        self._add(f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding {self.font} >>")
        self._add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
        last = first_entry + len(self.outline) - 1
        self._add(f"<< /Type /Outlines /First {first_entry} 0 R /Last {last} 0 R /Count {len(self.outline)} >>")
        for index, page in enumerate(self.pages):
            self._add_page(page, contents=first_page + 2 * index + 1)
        for index, (title, page_index) in enumerate(self.outline):
            following = f"/Next {first_entry + index + 1} 0 R" if index + 1 < len(self.outline) else ""
            target = first_page + 2 * page_index
            self._add(f"<< /Title ({title}) /Parent 5 0 R {following} /Dest [{target} 0 R /Fit] >>")
        for body in self.extra:
            self._add(body)
        path.write_bytes(self._assembled())
        return path

    def _add(self, body: str) -> None:
        self.objects.append(body.encode("cp1252"))

    def _add_page(self, page: PdfPage, *, contents: int) -> None:
        resources = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        self._add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 {PAGE_HEIGHT}] /Rotate {page.rotate} "
            f"/Resources {resources} /Contents {contents} 0 R {page.entries} >>"
        )
        stream = "\n".join(map(_operator, page.texts)) + page.drawing
        self._add(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")

    def _assembled(self) -> bytes:
        out = bytearray(b"%PDF-1.4\n")
        places = []
        for number, body in enumerate(self.objects, start=1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        info = f"/Info << /Title ({self.title}) >>" if self.title else ""
        out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {info} >>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(out)


def _operator(put: Put) -> str:
    text = put.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    font = "F2" if put.bold else "F1"
    return f"BT /{font} {put.size} Tf 1 0 0 1 {put.x} {PAGE_HEIGHT - put.y} Tm ({text}) Tj ET"


def prose(lines: Sequence[str], *, x: float = 72, top: float = 100, size: float = 11) -> list[Put]:
    """Lines set under each other with a leading of 1.2."""
    return [Put(line, x=x, y=top + index * size * 1.2, size=size) for index, line in enumerate(lines)]
