from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.tokenizer import Tokens
from retrieval.embedding.windows import Window, WindowMaker, content_spans, middle_out

SIZE = 40


class FakeTokenizer:
    """What WindowMaker needs to know of a tokenizer."""

    prefix: Sequence[int] = (101,)
    suffix: Sequence[int] = (102,)
    special_tokens = 2


NOTHING = Tokens((), ())


def tokens(count: int, first: int = 1000, pieces: int = 1) -> Tokens:
    return Tokens(range(first, first + count), [index // pieces for index in range(count)])


def make(content: Tokens, context: Tokens = NOTHING, prompt: Tokens = NOTHING) -> Sequence[Window]:
    maker = WindowMaker(FakeTokenizer(), SIZE)  # type: ignore[arg-type]  # no model needed to cut ids
    return maker.windows(context, content, prompt)


class TestWindows:
    def test_one_is_enough_for_what_fits(self) -> None:
        (window,) = make(tokens(30), tokens(8, first=1))
        assert window.ids == (101, *range(1, 9), *range(1000, 1030), 102)

    def test_one_is_made_of_nothing(self) -> None:
        (window,) = make(NOTHING)
        assert window.ids == (101, 102)

    def test_context_goes_before_the_content_of_every_window(self) -> None:
        windows = make(tokens(100), tokens(3, first=1))
        assert len(windows) > 1
        assert all(window.ids[:4] == (101, 1, 2, 3) for window in windows)

    def test_context_is_cut_to_a_quarter_of_the_window_keeping_both_ends(self) -> None:
        windows = make(tokens(100), tokens(50, first=1))
        assert windows[0].ids[1:11] == (1, 2, 3, 4, 5, 46, 47, 48, 49, 50)
        assert windows[0].ids[11] == 1000

    def test_a_prompt_is_in_every_window_but_not_part_of_the_passage(self) -> None:
        windows = make(tokens(100), prompt=tokens(2, first=1))
        assert all(window.ids[1:3] == (1, 2) and window.first == 3 for window in windows)

    @given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 12), st.integers(1, 5))
    def test_hold_every_content_token_and_never_more_than_the_model_takes(
        self, content: int, context: int, prompt: int, pieces: int
    ) -> None:
        windows = make(tokens(content, 1000, pieces), tokens(context, 1), tokens(prompt, 500))
        held = {token for window in windows for token in window.ids if token >= 1000}
        assert held == set(range(1000, 1000 + content))
        assert max(len(window.ids) for window in windows) <= SIZE


class TestContentSpans:
    def test_are_about_equally_long(self) -> None:
        lengths = [end - start for start, end in content_spans(tokens(260), 250)]
        assert lengths == [146, 146]

    def test_share_tokens_with_their_neighbours(self) -> None:
        (_, end), (start, _) = content_spans(tokens(300), 250)
        assert end - start >= 32

    def test_begin_at_the_start_of_a_word(self) -> None:
        content = tokens(301, pieces=4)
        assert all(start % 4 == 0 for start, _ in content_spans(content, 250))


class TestMiddleOut:
    @pytest.mark.parametrize(("limit", "kept"), [(4, [0, 1, 8, 9]), (3, [0, 1, 9]), (1, [0]), (10, list(range(10)))])
    def test_keeps_both_ends(self, limit: int, kept: list[int]) -> None:
        assert middle_out(list(range(10)), limit) == kept
