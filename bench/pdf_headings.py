"""Headings of PDFs that have an outline, looked for without it: how far numbering and style find what authors wrote.

    python -m bench.pdf_headings

Over every PDF under CAIRN_DATA (default ../shared/data) whose outline has five entries or more that stand on its pages.
By text, and by text and level up to one shift of a file's levels. An outline often leaves the lowest levels out, so
that precision has headings against it that are right.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from bench.parse_scores import Agreement, headings_alike, texts_alike
from bench.parse_shape import words_of
from ingest.documents import BlockKind
from ingest.parsers.collector import BlockCollector
from ingest.parsers.options import ParseOptions
from ingest.parsers.pdf.assembly import assemble
from ingest.parsers.pdf.extraction import page_lines

_LEAST_ENTRIES = 5
_MOST_PAGES = 400


@dataclass(frozen=True, slots=True)
class _Case:
    wanted: Sequence[tuple[int, str]]
    found: Sequence[tuple[int, str]]


def main() -> None:
    data = Path(os.environ.get("CAIRN_DATA", "../shared/data"))
    texts, levels = Agreement(), Agreement()
    print(f"{'':<40}{'entries':>8}{'found':>7}{'text P':>8}{'text R':>8}{'text F1':>8}{'level F1':>9}")
    for path in sorted(data.rglob("*.pdf")):
        case = _case(path)
        if case is not None:
            text, level = texts_alike(case.found, case.wanted), headings_alike(case.found, case.wanted)
            texts, levels = texts + text, levels + level
            _line(path.name, text, level)
    _line("all", texts, levels)


def _line(name: str, text: Agreement, level: Agreement) -> None:
    figures = f"{text.precision:8.3f}{text.recall:8.3f}{text.f1:8.3f}{level.f1:9.3f}"
    print(f"{name[:39]:<40}{text.wanted:8d}{text.found:7d}{figures}")


def _case(path: Path) -> _Case | None:
    """None for a file without an outline of its text."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return None
    try:
        outline = [(entry.level + 1, _plain(entry.get_title())) for entry in document.get_toc()]
        if len(outline) < _LEAST_ENTRIES or len(document) > _MOST_PAGES:
            return None
        document.init_forms()
        pages = [page_lines(document, index) for index in range(len(document))]
    finally:
        document.close()
    said = " ".join(_plain(line.text) for page in pages for line in page.lines)
    wanted = [(level, title) for level, title in outline if title and title in said]
    if len(wanted) < _LEAST_ENTRIES:
        return None
    collector = BlockCollector(ParseOptions())
    assemble(collector, pages)
    headings = [block for block in collector.blocks if block.kind is BlockKind.HEADING]
    return _Case(wanted, [(block.level, _plain(block.text)) for block in headings])


def _plain(title: str) -> str:
    """Without the number, which some outlines give and some do not."""
    words = words_of(title)
    while len(words) > 1 and (words[0].isdigit() or words[0] in {"chapter", "appendix", "section"}):
        words = words[1:]
    return " ".join(words)


if __name__ == "__main__":
    main()
