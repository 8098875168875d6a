from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from retrieval.embedding.protocol import Passage, TokenState
from retrieval.ranking.late_interaction import GROUP, LateInteraction, meaningful

VOCABULARY = ["river", "bank", "money", "the", "?", "of", "##s"]


class WordStates:
    """Each word its own direction: a query token is met fully or not at all. `seconds` pass for each call."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.now = 0.0
        self._seconds = seconds

    def clock(self) -> float:
        return self.now

    def query_states(self, text: str) -> TokenState:
        pieces = text.split()
        places = [VOCABULARY.index(piece) for piece in pieces]
        rarity = np.ones(len(pieces), dtype=np.float32)
        return TokenState(pieces, np.eye(len(VOCABULARY), dtype=np.float32)[places], rarity)

    def passage_states(self, passages: Sequence[Passage]) -> Sequence[TokenState]:
        self.now += self._seconds
        return [self.query_states(f"{passage.context} {passage.content}") for passage in passages]


def passages(*contents: str) -> list[Passage]:
    return [Passage(content) for content in contents]


class TestScore:
    def test_is_one_where_every_query_token_is_met(self) -> None:
        assert LateInteraction(WordStates()).score("river bank", passages("the bank river")) == [1.0]

    def test_is_zero_where_none_is_met(self) -> None:
        assert LateInteraction(WordStates()).score("river", passages("money", "")) == [0.0, 0.0]

    def test_ignores_stop_words_and_punctuation_of_the_query(self) -> None:
        assert LateInteraction(WordStates()).score("the bank of river ?", passages("river bank")) == [1.0]

    def test_reads_the_context_too(self) -> None:
        assert LateInteraction(WordStates()).score("river", [Passage("bank", context="river")]) == [1.0]

    def test_weighs_query_tokens_by_the_idf_given(self) -> None:
        idf = {"river": 3.0, "bank": 1.0}
        scores = LateInteraction(WordStates()).score("river bank", passages("river", "bank"), idf)
        assert scores == pytest.approx([0.75, 0.25])

    def test_weighs_rare_words_of_the_language_more_where_no_idf_is_given(self) -> None:
        class Rare(WordStates):
            def query_states(self, text: str) -> TokenState:
                state = super().query_states(text)
                rarity = np.array([3.0 if piece == "river" else 1.0 for piece in state.pieces], dtype=np.float32)
                return TokenState(state.pieces, state.vectors, rarity)

        rare, common = LateInteraction(Rare()).score("river bank", passages("river", "bank"))
        assert rare == pytest.approx((0.5 + 0.75) / 2)
        assert common == pytest.approx((0.5 + 0.25) / 2)

    def test_takes_the_highest_idf_for_a_piece_that_the_mapping_lacks(self) -> None:
        scores = LateInteraction(WordStates()).score("money bank", passages("money"), {"river": 3.0, "bank": 1.0})
        assert scores == pytest.approx([0.75])

    def test_takes_a_function_for_the_idf(self) -> None:
        assert LateInteraction(WordStates()).score("river bank", passages("river"), lambda piece: 1.0) == [0.5]

    def test_counts_in_the_passages_where_no_idf_is_given(self) -> None:
        rare, common = LateInteraction(WordStates()).score("river bank", passages("river", "bank", "bank"))[:2]
        assert rare > common

    def test_scores_a_query_of_stop_words_by_its_stop_words(self) -> None:
        assert LateInteraction(WordStates()).score("of the ?", passages("the", "bank")) == pytest.approx(
            [0.5, 0], abs=0.5
        )

    def test_gives_zeros_for_a_query_without_words(self) -> None:
        assert LateInteraction(WordStates()).score("?", passages("river", "bank")) == [0.0, 0.0]

    def test_gives_nothing_for_no_passages(self) -> None:
        assert LateInteraction(WordStates()).score("river", []) == []


class TestBudget:
    def test_scores_the_first_passages_that_fit(self) -> None:
        states = WordStates(seconds=1.0)
        scores = LateInteraction(states, clock=states.clock).score("river", passages(*["river"] * 20), seconds=2.5)
        assert len(scores) == 2 * GROUP
        assert states.now == 2.0

    def test_scores_all_where_there_is_time(self) -> None:
        states = WordStates(seconds=1.0)
        scores = LateInteraction(states, clock=states.clock).score("river", passages(*["river"] * 9), seconds=10)
        assert len(scores) == 9

    def test_scores_none_without_time(self) -> None:
        states = WordStates(seconds=1.0)
        assert LateInteraction(states, clock=states.clock).score("river", passages("river"), seconds=-1) == []


class TestMeaningful:
    def test_keeps_positions(self) -> None:
        assert meaningful(["the", "river", "##s", "?", "of", "€", "bank"]) == [1, 2, 6]

    def test_keeps_stop_words_where_there_is_nothing_else(self) -> None:
        assert meaningful(["who", "?"]) == [0]
