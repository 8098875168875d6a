"""ODT, ODS and ODP: text by headings, a page a sheet, a page a slide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from ingest.documents import Document, Table
from ingest.parsers.archive import member_xml, opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted, LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.grid import SheetReader
from ingest.parsers.office.package import attribute, local_name
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of

_WHAT = "OpenDocument file"
_KINDS = {"text": FileKind.ODT, "spreadsheet": FileKind.ODS, "presentation": FileKind.ODP}
_FACTS = {
    "title": "title",
    "creator": "author",
    "initial-creator": "author",
    "creation-date": "created",
    "language": "language",
}
_LEFT_OUT = {"tracked-changes", "annotation", "annotation-end", "sequence-decls", "table-of-content", "forms"}
_SHAPES = {"custom-shape", "rect", "ellipse", "circle", "path", "polygon", "polyline", "line", "connector", "caption"}
_SECTIONS = {"section", "index-body", "text-box", "frame", "g", "a"} | _SHAPES
_MOST_REPEATS = 1000
_MOST_COLUMNS = 2000


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive:
        names = set(archive.namelist())
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise FileIsEncrypted(_WHAT)
        content = member_xml(archive, "content.xml", what=_WHAT)
        facts = _facts(member_xml(archive, "meta.xml", what=_WHAT)) if "meta.xml" in names else {}
    body = next(content.iter("{*}body"), None)
    part = next((child for child in (() if body is None else body) if local_name(child) in _KINDS), None)
    if part is None:
        raise FileIsCorrupt(_WHAT, "it has no text, sheet or presentation in it")
    kind = _KINDS[local_name(part)]
    pages = _Reader(collector, _Styles(content), options).read(part, kind)
    return collector.document(
        mime_type=kind.mime_type,
        nothing=f"the OpenDocument file {file_name!r} has no text",
        title=facts.get("title"),
        language=facts.get("language"),
        page_count=pages,
        metadata=facts,
        published_at=facts.get("created"),
    )


class _Styles:
    """`numbered` are names of list styles whose first level has numbers."""

    def __init__(self, content: etree._Element) -> None:
        self.numbered = _list_styles(content)
        self._parents = {
            attribute(style, "name") or "": attribute(style, "parent-style-name") or ""
            for style in content.iter("{*}style")
        }

    def is_title(self, name: str) -> bool:
        return "Title" in {name, self._parents.get(name)}


class _Reader:
    def __init__(self, collector: BlockCollector, styles: _Styles, options: ParseOptions) -> None:
        self._collector = collector
        self._styles = styles
        self._options = options
        self._below_title = 0

    def read(self, part: etree._Element, kind: FileKind) -> int | None:
        match kind:
            case FileKind.ODS:
                return self._sheets(part)
            case FileKind.ODP:
                return self._slides(part)
            case _:
                self._walk(part, None)
                return None

    def _sheets(self, part: etree._Element) -> int:
        sheets = list(part.iterchildren("{*}table"))
        self._check(len(sheets))
        for number, sheet in enumerate(sheets, start=1):
            reader = SheetReader(self._collector, attribute(sheet, "name") or f"Sheet {number}", number)
            reader.read(_rows(sheet), {})
        return len(sheets)

    def _slides(self, part: etree._Element) -> int:
        slides = list(part.iterchildren("{*}page"))
        self._check(len(slides))
        for number, slide in enumerate(slides, start=1):
            self._collector.start_over_headings()
            frames = list(slide)
            titles = [frame for frame in frames if attribute(frame, "class") == "title"]
            for title in titles:
                self._collector.heading(" ".join(_text(p) for p in title.iter("{*}p")), 1, page=number)
            for frame in frames:
                if frame not in titles and local_name(frame) != "notes":
                    self._walk([frame], number)
            for notes in slide.iterchildren("{*}notes"):
                text = "\n".join(filter(None, (_text(p) for p in notes.iter("{*}p"))))
                self._collector.text(f"Notes: {text}" if text else "", page=number)
        return len(slides)

    def _check(self, pages: int) -> None:
        if pages > self._options.max_pages:
            raise LimitExceeded(
                limit="pages",
                allowed=self._options.max_pages,
                found=f"it has {pages} sheets or slides",
                setting="CAIRN_PARSE_MAX_PAGES",
            )

    def _walk(self, children: etree._Element | Sequence[etree._Element], page: int | None) -> None:
        for child in children:
            match local_name(child):
                case "h":
                    level = attribute(child, "outline-level") or "1"
                    depth = int(level) if level.isdecimal() else 1
                    self._collector.heading(_text(child), depth + self._below_title, page=page)
                case "p":
                    self._paragraph(child, page)
                case "list":
                    self._collector.list(list(self._items(child, 0)), page=page)
                case "table":
                    self._table(child, page)
                case name if name in _SECTIONS:
                    self._walk(child, page)

    def _paragraph(self, paragraph: etree._Element, page: int | None) -> None:
        """With what is anchored in it behind it."""
        if self._styles.is_title(attribute(paragraph, "style-name") or ""):
            self._below_title = self._below_title or int(not self._collector.has_headings)
            self._collector.heading(_text(paragraph), 1, page=page)
        else:
            self._collector.text(_text(paragraph), page=page)
        for box in paragraph.iter("{*}text-box"):
            self._walk(box, page)

    def _items(self, items: etree._Element, depth: int) -> Iterator[tuple[int, str]]:
        style = attribute(items, "style-name")
        is_numbered = style in self._styles.numbered
        for number, item in enumerate(items.iterchildren("{*}list-item"), start=1):
            label = f"{number}. " if is_numbered else ""
            for child in item:
                if local_name(child) == "list":
                    yield from self._items(child, min(depth + 1, 8))
                elif text := _text(child):
                    yield depth, label + text
                    label = ""

    def _table(self, table: etree._Element, page: int | None) -> None:
        rows = list(_rows(table, spread=True))
        header = next(table.iterchildren("{*}table-header-rows"), None)
        count = 1 if header is None else len(header)
        made: Table = table_of(rows, header_rows=count if len(rows) > 1 else 0)
        self._collector.table(made, page=page)


def _rows(table: etree._Element, *, spread: bool = False) -> Iterator[list[str]]:
    """Repeated rows and cells are written once with a count. Empty ones of a sheet may stand for a million: then they
    count as one. With `spread`, a cell over several columns or rows stands in each."""
    above: list[str] = []
    for row in table.iter("{*}table-row"):
        if next(row.iterancestors("{*}table")) is not table:
            continue
        cells = list(_cells(row, above, spread=spread))
        while cells and not cells[-1]:
            cells.pop()
        repeats = _count(row, "number-rows-repeated")
        yield from [cells] * (min(repeats, _MOST_REPEATS) if cells else 1)
        above = cells


def _cells(row: etree._Element, above: list[str], *, spread: bool) -> Iterator[str]:
    count = 0
    last = ""
    for cell in row:
        name = local_name(cell)
        repeats = min(_count(cell, "number-columns-repeated"), _MOST_COLUMNS - count)
        if name == "covered-table-cell" and spread:
            for offset in range(repeats):
                place = count + offset
                yield last or (above[place] if place < len(above) else "")
        elif name in {"table-cell", "covered-table-cell"}:
            text = " ".join(filter(None, (_text(p) for p in cell.iter("{*}p", "{*}h"))))
            yield from [text] * repeats
            last = text if _count(cell, "number-columns-spanned") > 1 else ""
        else:
            continue
        count += repeats


def _count(element: etree._Element, name: str) -> int:
    value = attribute(element, name) or "1"
    return max(int(value), 1) if value.isdecimal() and len(value) < 9 else 1


def _text(element: etree._Element) -> str:
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name == "s":
            yield " " * min(_count(child, "c"), 100)
        elif name in {"tab", "line-break"}:
            yield " "
        elif name == "note":
            body = child.find("{*}note-body")
            yield f" ({_text(body)})" if body is not None else ""
        elif name not in _LEFT_OUT | {"frame", "text-box", "list", "table"} and isinstance(child.tag, str):
            yield from _pieces(child)
        yield child.tail or ""


def _list_styles(content: etree._Element) -> set[str]:
    found = set()
    for style in content.iter("{*}list-style"):
        first = next((level for level in style if attribute(level, "level") == "1"), None)
        if first is not None and local_name(first) == "list-level-style-number" and attribute(first, "num-format"):
            found.add(attribute(style, "name") or "")
    return found


def _facts(meta: etree._Element) -> dict[str, str]:
    facts: dict[str, str] = {}
    for element in meta.iter():
        name = _FACTS.get(local_name(element))
        if name and element.text and element.text.strip():
            facts[name] = element.text.strip()[:10] if name == "created" else element.text.strip()
    return facts
