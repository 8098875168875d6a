"""Pages of lines into blocks: what repeats left out, columns in order, tables, headings, paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.parsers.collector import BlockCollector
from ingest.parsers.lines import Line, PageLines
from ingest.parsers.pdf.columns import in_reading_order
from ingest.parsers.pdf.footnotes import parted
from ingest.parsers.pdf.furniture import without_furniture
from ingest.parsers.pdf.headings import HeadingRules, OutlineEntry
from ingest.parsers.pdf.paragraphs import ParagraphJoiner
from ingest.parsers.pdf.tables import with_tables


def assemble(collector: BlockCollector, pages: list[PageLines], outline: Sequence[OutlineEntry] = ()) -> None:
    kept = without_furniture(pages)
    if not any(page.lines for page in kept):
        kept = pages  # nothing but what repeats: slides of one sentence, forms
    columns = [(page.height, with_tables(column)) for page in kept for column in in_reading_order(page.lines)]
    rules = HeadingRules([piece for _, column in columns for piece in column if isinstance(piece, Line)], outline)
    joiner = ParagraphJoiner(collector, rules)
    for height, column in columns:
        said, notes = parted(column, rules.body_size, height)
        joiner.add_column(said)
        joiner.add_notes(notes)
    joiner.finish()
