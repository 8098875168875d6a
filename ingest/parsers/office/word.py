"""DOCX: headings by style, lists, tables, text boxes and notes, in the order of the document. Word files have no page
numbers: pages come about only when a program lays them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from ingest.documents import Document, Table
from ingest.parsers.archive import opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.charts import chart_table
from ingest.parsers.office.package import OfficePackage, attribute, local_name
from ingest.parsers.office.word_numbering import WordNumbering
from ingest.parsers.office.word_styles import ParagraphKind, WordStyles
from ingest.parsers.office.word_text import nested_paragraphs, paragraph_text
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of

_WHAT = "Word document"
_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}
_MAX_SPAN = 100


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive:
        package = OfficePackage(archive, what=_WHAT)
        main = package.main_part
        styles = WordStyles(next((package.xml(part) for part in package.related(main, "styles")), None))
        numbering = WordNumbering(next((package.xml(part) for part in package.related(main, "numbering")), None))
        body = next(package.xml(main).iter("{*}body"), None)
        _BodyReader(collector, styles, numbering, _Charts(package, main)).read(() if body is None else body)
        _add_notes(collector, package, main)
        facts = package.core_properties()
    return collector.document(
        mime_type=FileKind.DOCX.mime_type,
        nothing=f"the Word document {file_name!r} has no text",
        title=facts.get("title"),
        language=facts.get("language"),
        metadata=facts,
        published_at=facts.get("created"),
    )


class _Charts:
    """Charts in a text, as the tables they were drawn from."""

    def __init__(self, package: OfficePackage, part: str) -> None:
        self._package = package
        self._relationships = package.relationships(part)

    def of(self, paragraph: etree._Element) -> Iterator[Table]:
        for reference in paragraph.iter("{*}chart"):
            relationship = self._relationships.get(attribute(reference, "id") or "")
            if relationship is not None and self._package.has(relationship.target):
                yield chart_table(self._package.xml(relationship.target))


class _BodyReader:
    """Walks a body; consecutive list paragraphs become one list, consecutive code paragraphs one block of code."""

    def __init__(
        self, collector: BlockCollector, styles: WordStyles, numbering: WordNumbering, charts: _Charts
    ) -> None:
        self._collector = collector
        self._styles = styles
        self._numbering = numbering
        self._charts = charts
        self._below_title = 0
        self._items: list[tuple[int, str]] = []
        self._code: list[str] = []

    def read(self, children: Iterator[etree._Element] | etree._Element | Sequence[etree._Element]) -> None:
        self._walk(children)
        self._flush()

    def _walk(self, children: Iterator[etree._Element] | etree._Element | Sequence[etree._Element]) -> None:
        for child in children:
            name = local_name(child)
            if name == "p":
                self._add_paragraph(child)
            elif name == "tbl":
                self._flush()
                self._add_table(child)
            elif name in _WRAPPERS:
                self._walk(child)

    def _add_paragraph(self, paragraph: etree._Element) -> None:
        text = paragraph_text(paragraph)
        kind, level = self._styles.kind_of(paragraph)
        if text.strip():
            if kind is ParagraphKind.HEADING:
                level = self._placed(paragraph, level)
            label = self._label(paragraph)
            text = f"{label} {text}" if label else text
            if kind is not ParagraphKind.LIST:
                self._flush_list()
            if kind is not ParagraphKind.CODE:
                self._flush_code()
            self._add(kind, level, text)
        for inner in nested_paragraphs(paragraph):
            self._flush()
            self._collector.text(paragraph_text(inner))
        for table in self._charts.of(paragraph):
            self._flush()
            self._collector.table(table)

    def _placed(self, paragraph: etree._Element, level: int) -> int:
        """Under a title at the beginning all headings are a level lower: it is the title of them all."""
        if self._styles.is_title(paragraph):
            if not self._collector.has_headings:
                self._below_title = 1
            return level
        return level + self._below_title

    def _label(self, paragraph: etree._Element) -> str:
        numbered = self._styles.numbering_of(paragraph)
        if numbered is None:
            return ""
        number, depth, style = numbered
        return self._numbering.label(number, self._numbering.level_of_style(number, style) if depth is None else depth)

    def _add(self, kind: ParagraphKind, level: int, text: str) -> None:
        match kind:
            case ParagraphKind.HEADING:
                self._collector.heading(text, level)
            case ParagraphKind.LIST:
                self._items.append((level, text))
            case ParagraphKind.CODE:
                self._code.append(text)
            case ParagraphKind.TEXT:
                self._collector.text(text)

    def _add_table(self, table: etree._Element) -> None:
        rows = _filled([list(_cells(row)) for row in _rows(table)])
        if all(len(row) <= 1 for row in rows):  # a frame around text, not a table
            for row in _rows(table):
                for cell in row.iterchildren("{*}tc"):
                    self._walk(cell)
            self._flush()
            return
        self._collector.table(table_of(rows, header_rows=_header_rows(table) if len(rows) > 1 else 0))

    def _flush(self) -> None:
        self._flush_list()
        self._flush_code()

    def _flush_list(self) -> None:
        self._collector.list(self._items)
        self._items = []

    def _flush_code(self) -> None:
        self._collector.code("\n".join(self._code))
        self._code = []


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        name = local_name(child)
        if name == "tr":
            yield child
        elif name in _WRAPPERS:
            yield from _rows(child)


def _header_rows(table: etree._Element) -> int:
    """Rows that are repeated on each page; where none is marked, the first."""
    marked = 0
    for row in _rows(table):
        mark = row.find("{*}trPr/{*}tblHeader")
        if mark is None or attribute(mark, "val") in {"0", "false"}:
            break
        marked += 1
    return max(marked, 1)


def _filled(rows: list[list[str | None]]) -> list[list[str]]:
    """A cell over several rows stands in each, so that a row can be understood by itself."""
    filled: list[list[str]] = []
    for row in rows:
        above = filled[-1] if filled else []
        filled.append([(above[at] if at < len(above) else "") if cell is None else cell for at, cell in enumerate(row)])
    return filled


def _cells(row: etree._Element) -> Iterator[str | None]:
    """A cell over several columns stands in each; tables inside a cell are flattened into its text. None for a cell
    that goes on from the row above."""
    for child in row:
        if local_name(child) in _WRAPPERS:
            yield from _cells(child)
        elif local_name(child) == "tc":
            text = " ".join(filter(None, (paragraph_text(p).strip() for p in child.iter("{*}p"))))
            merge = child.find("{*}tcPr/{*}vMerge")
            goes_on = merge is not None and attribute(merge, "val") in {None, "continue"}
            span = attribute(child.find("{*}tcPr/{*}gridSpan"), "val") or "1"
            yield from [None if goes_on else text] * min(max(int(span), 1) if span.isdecimal() else 1, _MAX_SPAN)


def _add_notes(collector: BlockCollector, package: OfficePackage, main: str) -> None:
    for kind, single in (("footnotes", "footnote"), ("endnotes", "endnote")):
        for part in package.related(main, kind):
            for note in package.xml(part).iter(f"{{*}}{single}"):
                text = " ".join(paragraph_text(paragraph) for paragraph in note.iter("{*}p")).strip()
                if text and attribute(note, "type") in {None, "normal"}:
                    collector.start_over_headings()
                    collector.text(f"{single.capitalize()} {attribute(note, 'id')}: {text}")
