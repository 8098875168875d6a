"""PPTX: a page a slide, its title as heading, then its texts, tables, charts and notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.documents import Document
from ingest.parsers.archive import opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.charts import chart_table
from ingest.parsers.office.package import OfficePackage, attribute, local_name
from ingest.parsers.office.slide_numbering import SlideNumbering
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of

_WHAT = "PowerPoint presentation"
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive:
        package = OfficePackage(archive, what=_WHAT)
        slides = list(_slide_parts(package))
        _check_count(len(slides), options)
        for number, part in enumerate(slides, start=1):
            _add_slide(collector, package, part, number)
        facts = package.core_properties()
    return collector.document(
        mime_type=FileKind.PPTX.mime_type,
        nothing=f"the presentation {file_name!r} has {len(slides)} slides and no text on them",
        title=facts.get("title"),
        language=facts.get("language"),
        page_count=len(slides),
        metadata=facts,
        published_at=facts.get("created"),
    )


def _check_count(slides: int, options: ParseOptions) -> None:
    if slides > options.max_pages:
        raise LimitExceeded(
            limit="pages", allowed=options.max_pages, found=f"it has {slides} slides", setting="CAIRN_PARSE_MAX_PAGES"
        )


def _slide_parts(package: OfficePackage) -> Iterator[str]:
    main = package.main_part
    relationships = package.relationships(main)
    for entry in package.xml(main).iter("{*}sldId"):
        ids = (str(value) for key, value in entry.attrib.items() if str(key).endswith("}id"))
        for relationship in filter(None, map(relationships.get, ids)):
            if package.has(relationship.target):
                yield relationship.target


def _add_slide(collector: BlockCollector, package: OfficePackage, part: str, page: int) -> None:
    root = package.xml(part)
    shapes = list(_shapes(root))
    collector.start_over_headings()
    for shape in shapes:
        if _placeholder(shape) in _TITLES:
            collector.heading(" ".join(text for _, text, _ in _paragraphs(shape)), 1, page=page)
    for shape in shapes:
        if _placeholder(shape) not in _TITLES | _FURNITURE:
            _add_shape(collector, package, part, shape, page)
    for notes in package.related(part, "notesSlide"):
        _add_notes(collector, package.xml(notes), page)


def _shapes(root: etree._Element) -> Iterator[etree._Element]:
    """Text shapes and graphic frames in the order of the slide, groups opened, copies for old programs left out."""
    tree = next(root.iter("{*}spTree"), None)
    for element in () if tree is None else tree.iter("{*}sp", "{*}graphicFrame"):
        if not any(local_name(above) == "Fallback" for above in element.iterancestors()):
            yield element


def _placeholder(shape: etree._Element) -> str | None:
    mark = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return None if mark is None else attribute(mark, "type") or "body"


def _add_shape(collector: BlockCollector, package: OfficePackage, part: str, shape: etree._Element, page: int) -> None:
    if local_name(shape) == "sp":
        _add_paragraphs(collector, shape, page, is_body=_placeholder(shape) in {"body", "obj"})
        return
    for table in shape.iter("{*}tbl"):
        rows = _table_rows(table)
        collector.table(table_of(rows, header_rows=1 if len(rows) > 1 else 0), page=page)
    relationships = package.relationships(part)
    for reference in shape.iter("{*}chart", "{*}relIds"):
        _add_graphic(collector, package, relationships.get(attribute(reference, _reference(reference)) or ""), page)


def _reference(element: etree._Element) -> str:
    return "id" if local_name(element) == "chart" else "dm"


def _add_graphic(collector: BlockCollector, package: OfficePackage, relationship: object, page: int) -> None:
    target = getattr(relationship, "target", None)
    if target is None or not package.has(target):
        return
    root = package.xml(target)
    if local_name(root) == "chartSpace":
        collector.table(chart_table(root), page=page)
    else:
        collector.list([(0, text) for _, text, _ in _paragraphs(root)], page=page)


def _add_paragraphs(collector: BlockCollector, shape: etree._Element, page: int, *, is_body: bool) -> None:
    """Several paragraphs of a body, or bulleted ones anywhere, are a list; otherwise text."""
    paragraphs = list(_paragraphs(shape))
    if any(bulleted for _, _, bulleted in paragraphs) or (is_body and len(paragraphs) > 1):
        collector.list([(depth, text) for depth, text, _ in paragraphs], page=page)
    else:
        collector.text("\n".join(text for _, text, _ in paragraphs), page=page)


def _paragraphs(shape: etree._Element) -> Iterator[tuple[int, str, bool]]:
    """Depth, text behind its number if it has one, and whether it has a bullet or a number of its own."""
    numbering = SlideNumbering()
    for paragraph in shape.iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}p", "{http://purl.oclc.org/ooxml/drawingml/main}p"
    ):
        text = _drawn_text(paragraph)
        if text:
            properties = paragraph.find("{*}pPr")
            level = attribute(properties, "lvl") or "0"
            depth = min(int(level), 8) if level.isdecimal() else 0
            bulleted = properties is not None and any(local_name(c) in {"buChar", "buAutoNum"} for c in properties)
            yield depth, f"{numbering.label(properties, depth)} {text}".lstrip(), bulleted


def _drawn_text(paragraph: etree._Element) -> str:
    pieces = (" " if local_name(element) == "br" else element.text or "" for element in paragraph.iter("{*}t", "{*}br"))
    return " ".join("".join(pieces).split())


def _table_rows(table: etree._Element) -> list[list[str]]:
    """A cell over several columns or rows stands in each."""
    rows: list[list[str]] = []
    for row in table.iter("{*}tr"):
        cells: list[str] = []
        for cell in row.iter("{*}tc"):
            if attribute(cell, "hMerge") in {"1", "true"} and cells:
                cells.append(cells[-1])
            elif attribute(cell, "vMerge") in {"1", "true"} and rows and len(cells) < len(rows[-1]):
                cells.append(rows[-1][len(cells)])
            else:
                cells.append(_cell_text(cell))
        rows.append(cells)
    return rows


def _cell_text(cell: etree._Element) -> str:
    return " ".join(text for _, text, _ in _paragraphs(cell))


def _add_notes(collector: BlockCollector, root: etree._Element, page: int) -> None:
    for shape in _shapes(root):
        if local_name(shape) == "sp" and _placeholder(shape) not in _FURNITURE:
            text = "\n".join(text for _, text, _ in _paragraphs(shape))
            collector.text(f"Notes: {text}" if text else "", page=page)
