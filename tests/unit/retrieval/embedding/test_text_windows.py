from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.protocol import Passage
from retrieval.embedding.text_windows import text_windows
from retrieval.embedding.tokenizer import ModelTokenizer, read_tokenizer
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert

SIZE = 64
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> ModelTokenizer:
    return read_tokenizer(write_tiny_bert(tmp_path_factory.mktemp("model")) / "tokenizer.json")


class TestTextWindows:
    def test_one_is_enough_for_what_fits(self, tokenizer: ModelTokenizer) -> None:
        assert text_windows(tokenizer, Passage("the river", "title"), size=SIZE) == ["title\nthe river"]

    def test_leave_the_text_alone_where_there_is_no_context(self, tokenizer: ModelTokenizer) -> None:
        assert text_windows(tokenizer, Passage(" The River "), size=SIZE) == [" The River "]

    def test_each_begin_with_the_context(self, tokenizer: ModelTokenizer) -> None:
        windows = text_windows(tokenizer, Passage("river " * 200, "title"), size=SIZE)
        assert all(window.startswith("title\nriver") for window in windows)

    def test_cut_a_context_of_more_than_a_quarter(self, tokenizer: ModelTokenizer) -> None:
        context = " ".join(["title", *["of"] * 98, "bank"])
        head, _, _ = text_windows(tokenizer, Passage("river " * 200, context), size=SIZE)[0].partition("\n")
        assert head == " ".join(["title", *["of"] * 14, "bank"])

    @given(st.lists(st.sampled_from(NUMBERS), max_size=300), st.integers(0, 40))
    def test_hold_every_word_in_order_and_never_more_than_the_model_takes(
        self, tokenizer: ModelTokenizer, words: Sequence[str], context: int
    ) -> None:
        windows = text_windows(tokenizer, Passage(" ".join(words), "title " * context), size=SIZE, prompt="query : ")
        assert all(tokenizer.count(f"query : {window}") + 2 <= SIZE for window in windows)
        bodies = [window.rpartition("\n")[2].split() for window in windows]
        assert joined(bodies) == list(words)


def joined(bodies: Sequence[Sequence[str]]) -> list[str]:
    """The bodies laid over each other where they overlap the most."""
    whole: list[str] = []
    for body in bodies:
        shared = next((n for n in range(len(body), 0, -1) if whole[-n:] == list(body[:n])), 0)
        whole.extend(body[shared:])
    return whole
