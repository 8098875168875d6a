"""What holds for every document: nothing is lost, nothing is too long, and twice is the same."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking.chunker import chunk
from ingest.chunking.context import ContextMaker
from ingest.documents import Block, BlockKind, ChunkDraft, ChunkSettings, Document, ParseType
from ingest.parsers.errors import ParseRefused
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from kit.errors import Invalid
from retrieval.embedding.protocol import TokenCounter
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.embedding.token_counter import load_token_counter
from tests.unit.ingest.chunking.samples import GlobCounter, WordCounter, cut, document, heading, sentences, table, text

WORDS = st.text(alphabet="abcDE12.,!?。漢é\n -|", min_size=1, max_size=300)
LONG = st.integers(1, 4000).map(lambda length: "x" * length)
PATHS = st.lists(st.sampled_from(["Guide", "Install", "On a very long winded heading " * 6]), max_size=3)
CELL = st.text("ab 1|", max_size=60) | st.text("ab ", min_size=200, max_size=400)
CELLS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8)


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(list(BlockKind)))
    path = tuple(draw(PATHS))
    if kind is BlockKind.TABLE:
        return table(
            draw(CELLS), *path, header_rows=draw(st.integers(0, 1)), caption=draw(st.sampled_from(["", "Tab"]))
        )
    level = draw(st.integers(1, 4)) if kind is BlockKind.HEADING else 0
    return Block(kind, draw(WORDS | LONG), level=level, heading_path=path)


def letters(content: str) -> str:
    return "".join(filter(str.isalnum, content))


def is_subsequence(wanted: str, found: str) -> bool:
    rest = iter(found)
    return all(character in rest for character in wanted)


def data_of(given_blocks: Sequence[Block]) -> str:
    """Letters and digits in order; of tables the data, because headers come again and again."""
    parts = (
        " ".join(cell for row in block.table.rows[block.table.header_rows :] for cell in row)
        if block.table
        else block.text
        for block in given_blocks
    )
    return letters("".join(parts))


def headers_of(given_blocks: Sequence[Block]) -> list[str]:
    tables = [block.table for block in given_blocks if block.table]
    return [cell for one in tables for row in one.rows[: one.header_rows] for cell in row]


class TestEveryDocument:
    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(blocks(), max_size=8),
        st.sampled_from(ParseType),
        st.integers(46, 200),
        st.sampled_from([0, 10, 500]),
        st.sampled_from([WordCounter(), GlobCounter()]),
    )
    def test_is_covered_by_chunks_that_fit(
        self, given_blocks: list[Block], by: ParseType, size: int, overlap: int, tokens: TokenCounter
    ) -> None:
        made = chunk(
            document(*given_blocks, title="The title"),
            file_name="a.txt",
            settings=ChunkSettings(by, size, overlap),
            tokens=tokens,
            special_tokens=2,
        )
        assert [draft.position for draft in made] == list(range(len(made)))
        for draft in made:
            assert draft.token_count == tokens.count(draft.content)
            assert tokens.count(draft.context) + draft.token_count + 2 <= size
            assert letters(draft.content)
        everything = letters("".join(draft.content for draft in made))
        assert is_subsequence(data_of(given_blocks), everything)
        assert all(letters(word) in everything for header in headers_of(given_blocks) for word in header.split())

    @settings(max_examples=50, deadline=None)
    @given(st.lists(blocks(), max_size=6), st.sampled_from(ParseType))
    def test_gives_the_same_chunks_twice(self, given_blocks: list[Block], by: ParseType) -> None:
        assert cut(*given_blocks, by=by, overlap=20) == cut(*given_blocks, by=by, overlap=20)


class TestTheRealTokenizer:
    def test_counts_as_the_model_does(self) -> None:
        tokens = load_token_counter(DEFAULT_MODEL)
        source = [
            heading("Émigré café", 1),
            text("Unbelievably long antidisestablishmentarianism. " * 60 + "漢字かな交じり文。" * 90, "Émigré café"),
            text("aGVsbG8gd29ybGQ" * 400, "Émigré café"),
            text("\U0001f600 emoji \u0915\u094d\u0937 " * 80, "Émigré café"),
            table([["Key", "Value"], *[[f"k{n}", "v " * n] for n in range(60)]], "Émigré café", caption="Pairs"),
        ]
        for by in ParseType:
            made = chunk(
                document(*source),
                file_name="a.md",
                settings=ChunkSettings(by, 128, 32),
                tokens=tokens,
                special_tokens=2,
            )
            assert max(tokens.count(draft.context) + tokens.count(draft.content) + 2 for draft in made) <= 128
            assert is_subsequence(data_of(source), letters("".join(draft.content for draft in made)))

    def test_a_word_that_the_model_does_not_know_is_not_one_endless_chunk(self) -> None:
        tokens = load_token_counter(DEFAULT_MODEL)
        settings_ = ChunkSettings(ParseType.NAIVE, 128, 0)
        made = chunk(
            document(text("Q" * 100_000)), file_name="1.txt", settings=settings_, tokens=tokens, special_tokens=2
        )
        assert max(len(draft.content) for draft in made) <= 126 * 32


class TestRealDocuments:
    @pytest.mark.realdata
    @pytest.mark.parametrize("ending", ["md", "docx", "html", "xlsx", "csv", "pptx"])
    def test_are_covered_by_chunks_that_fit(self, data_dir: Path, ending: str) -> None:
        found = sorted((data_dir / "docs").rglob(f"*.{ending}"), key=lambda path: (path.stat().st_size, path))
        parsed = [one for path in found[-60::12] for one in readable(path)]
        if not parsed:
            pytest.skip(f"no readable .{ending} under {data_dir / 'docs'}")
        tokens = load_token_counter(DEFAULT_MODEL)
        for one in parsed:
            for by in ParseType:
                settings_ = ChunkSettings(by, 256, 32)
                made = chunk(one, file_name="a", settings=settings_, tokens=tokens, special_tokens=2)
                assert max(tokens.count(draft.context) + draft.token_count + 2 for draft in made) <= 256
                assert is_subsequence(data_of(one.blocks), letters("".join(draft.content for draft in made)))


def readable(path: Path) -> Iterator[Document]:
    if path.stat().st_size < 500_000:
        with suppress(ParseRefused):  # some of the samples are broken on purpose
            yield parse(path, path.name, ParseOptions())


class TestSize:
    @pytest.mark.parametrize(("size", "overlap"), [(40, 0), (2, 0), (200, -1)])
    def test_one_that_leaves_no_room_is_refused_with_a_remedy(self, size: int, overlap: int) -> None:
        with pytest.raises(Invalid, match=f"{size} tokens.*at least"):
            cut(text("One."), size=size, overlap=overlap)

    def test_a_document_of_marks_alone_has_no_chunks(self) -> None:
        assert cut(text("---"), text("* * *")) == []

    def test_time_grows_with_the_length_only(self) -> None:
        source = [text(sentences(30_000)), text("x" * 300_000), text("a\n" * 100_000)]
        started = time.process_time()
        made = cut(*source, overlap=20)
        assert time.process_time() - started < 30  # about 2 s; much more if it were quadratic
        assert len(made) > 3000


class TestContext:
    def above(self, block: Block, *, title: str = "Handbook", limit: int = 100) -> str:
        return ContextMaker(title, limit=limit, tokens=WordCounter()).above(block)[0]

    def test_is_the_title_and_the_headings(self) -> None:
        assert self.above(text("x", "Setup", "Linux")) == "Handbook > Setup > Linux"

    def test_says_the_title_once(self) -> None:
        assert self.above(text("x", "Handbook", "Setup")) == "Handbook > Setup"
        assert self.above(heading("Handbook", 1)) == ""

    def test_keeps_the_innermost_headings_when_it_is_cut(self) -> None:
        assert self.above(text("x", "Setup", "Linux", "Debian"), limit=4) == "Linux > Debian"

    def test_keeps_the_beginning_of_a_heading_that_is_too_long(self) -> None:
        assert self.above(text("x", "alpha beta gamma delta"), limit=2) == "alpha beta"

    @pytest.mark.parametrize(
        ("file_name", "expected"),
        [
            ("q3_sales-report.final.pdf", "q3 sales report final"),
            ("Ümlaut%20Datei.txt", "Ümlaut Datei"),
            ("2024-01.pdf", ""),
            ("3f2a9c1b77e04d55a1b2.pdf", ""),
            ("folder/rates 2.5.csv", "rates 2.5"),
        ],
    )
    def test_takes_what_can_be_read_of_the_file_name_where_there_is_no_title(
        self, file_name: str, expected: str
    ) -> None:
        assert cut(text("Some words."), file_name=file_name)[0].context == expected


def contents(drafts: Sequence[ChunkDraft]) -> list[str]:
    return [draft.content for draft in drafts]


class TestOverlap:
    def test_repeats_whole_sentences_of_at_most_the_setting(self) -> None:
        made = contents(cut(text(sentences(30)), overlap=20))
        assert len(made) == 4
        for one, other in pairwise(made):
            assert one.split(". ")[-2:] == (". ".join(other.split(". ")[:2]) + ".").split(". ")

    def test_does_not_reach_back_over_a_heading(self) -> None:
        made = contents(cut(text(sentences(9)), heading("Next", 2), text(sentences(9, start=50), "Next"), overlap=20))
        assert made[1].startswith("Next")

    def test_is_never_the_whole_chunk_again(self) -> None:
        made = contents(cut(text("Tiny one."), text(sentences(9)), text(sentences(9, start=20)), overlap=24))
        assert len(made) == len(set(made))
        assert sum("Sentence 20" in content for content in made) == 1
