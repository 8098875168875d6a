"""What a report counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ingest.chunking.chunker import chunk
from ingest.documents import (
    LITTLE_MAIN_CONTENT,
    Block,
    BlockKind,
    ChunkSettings,
    Document,
    ParserEngine,
    ParseType,
    ParseWarning,
    Table,
)
from ingest.parsers.tables import as_markdown
from ingest.reports.advice import suggestion_for
from ingest.reports.measuring import reading_of
from ingest.reports.types import Encoding, Reading, Stage, Suggestion
from tests.unit.ingest.chunking.samples import WordCounter

TOKENS = WordCounter()
SETTINGS = ChunkSettings(ParseType.NAIVE, 128, 0)


def read(*blocks: Block, **more: object) -> Reading:
    document = Document("text/plain", ParserEngine.NODE_NATIVE, blocks, **more)  # type: ignore[arg-type]  # fields of it
    drafts = chunk(document, file_name="a.txt", settings=SETTINGS, tokens=TOKENS, special_tokens=2)
    return reading_of(document, drafts, SETTINGS, {Stage.READING: 0.5})


def table(rows: int) -> Block:
    cells = Table(rows=(("Part", "Torque"), *((f"bolt {n}", f"{n} newton metres") for n in range(rows))))
    return Block(BlockKind.TABLE, as_markdown(cells), table=cells)


class TestReading:
    def test_counts_blocks_by_kind_and_characters(self) -> None:
        reading = read(Block(BlockKind.HEADING, "Pumps", level=1), Block(BlockKind.TEXT, "They move water."))
        assert reading.blocks == {BlockKind.HEADING: 1, BlockKind.TEXT: 1}
        assert reading.characters == len("Pumps") + len("They move water.")

    def test_tells_tables_that_were_split_from_those_that_were_not(self) -> None:
        reading = read(table(3), table(60))
        assert (reading.tables_found, reading.tables_split) == (2, 1)

    def test_counts_every_chunk_in_one_bucket(self) -> None:
        reading = read(table(60), Block(BlockKind.TEXT, "One short sentence."))
        assert sum(bucket.chunks for bucket in reading.chunk_lengths) > 2
        assert [bucket.from_tokens for bucket in reading.chunk_lengths] == [0, 16, 32, 48, 64, 80, 96, 112]
        assert reading.chunk_lengths[-1].to_tokens is None

    def test_counts_chunks_that_say_the_same(self) -> None:
        heading = Block(BlockKind.HEADING, "Terms", level=1)
        terms = Block(BlockKind.TEXT, "payment within thirty days of the invoice " * 9, heading_path=("Terms",))
        manual = replace(SETTINGS, parse_type=ParseType.MARKDOWN)
        document = Document("text/plain", ParserEngine.NODE_NATIVE, [heading, terms] * 3)
        drafts = chunk(document, file_name="a", settings=manual, tokens=TOKENS, special_tokens=2)
        assert reading_of(document, drafts, manual, {}).duplicate_chunks == len(drafts) - len(drafts) // 3

    def test_counts_characters_that_were_lost(self) -> None:
        reading = read(Block(BlockKind.TEXT, "caf\ufffd au lait"), encoding="utf-8")
        assert reading.encoding == Encoding("utf-8", was_guessed=False, lost_characters=1)

    def test_takes_the_language_that_the_document_states(self) -> None:
        assert read(Block(BlockKind.TEXT, "The words of this are English."), language="de").language == "de"


class TestSuggestion:
    GOOD = read(Block(BlockKind.HEADING, "Pumps", level=1), Block(BlockKind.TEXT, "They move water. " * 20))

    def suggested(self, reading: Reading, *, chunks: int = 10, pages: int | None = 3) -> Suggestion | None:
        return suggestion_for(reading, chunks=chunks, chunk_size=512, engine="NODE_NATIVE", pages=pages)

    def test_is_absent_where_nothing_is_wrong(self) -> None:
        assert self.suggested(replace(self.GOOD, tokens=3000)) is None

    @pytest.mark.parametrize(
        ("code", "changes"),
        [
            ("SWITCH_OCR_ON", {"pages_without_text": (2, 3)}),
            ("SAVE_AS_UTF8", {"encoding": Encoding("cp1252", was_guessed=True, lost_characters=4)}),
            ("RAISE_CHUNK_SIZE", {"tables_found": 4, "tables_split": 3}),
            ("REMOVE_REPEATED_PARTS", {"duplicate_chunks": 5}),
        ],
    )
    def test_names_the_gravest_loss(self, code: str, changes: dict[str, Any]) -> None:
        suggestion = self.suggested(replace(self.GOOD, tokens=3000, **changes))
        assert suggestion is not None
        assert suggestion.code == code

    def test_is_to_read_a_page_whole_of_which_little_was_kept(self) -> None:
        warning = ParseWarning(LITTLE_MAIN_CONTENT, "its main content has 9 of the page's 900 characters")
        good = replace(self.GOOD, tokens=3000)
        suggestion = suggestion_for(
            good, chunks=1, chunk_size=512, engine="NODE_NATIVE", pages=None, warnings=[warning]
        )
        assert suggestion is not None
        assert suggestion.code == "READ_WHOLE_PAGE"
        assert "9 of the page's 900 characters: with onlyMainContent=false" in suggestion.message

    def test_is_to_join_chunks_that_are_mostly_tiny(self) -> None:
        suggestion = self.suggested(replace(self.GOOD, tokens=900), chunks=30)
        assert suggestion is not None
        assert suggestion.code == "JOIN_SHORT_CHUNKS"
