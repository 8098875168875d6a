from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.batches import BatchPolicy, batches, padded

POLICY = BatchPolicy(tokens=100, inputs=8)


class TestBatches:
    def test_puts_inputs_of_like_length_together(self) -> None:
        assert batches([50, 10, 49, 11], POLICY) == [[1, 3], [2, 0]]

    def test_gives_an_input_over_the_budget_a_batch_of_its_own(self) -> None:
        assert batches([300, 10], POLICY) == [[1], [0]]

    def test_makes_nothing_of_nothing(self) -> None:
        assert batches([], POLICY) == []

    @given(st.lists(st.integers(1, 250), max_size=60))
    def test_holds_every_input_once_within_both_limits(self, lengths: list[int]) -> None:
        groups = batches(lengths, POLICY)
        assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
        for group in groups:
            assert len(group) == 1 or len(group) * max(lengths[index] for index in group) <= 100
            assert len(group) <= 8


class TestPadded:
    def test_pads_to_the_longest_row_and_masks_the_padding(self) -> None:
        ids, mask = padded([[5, 6, 7], [8]], pad_id=9)
        assert ids.tolist() == [[5, 6, 7], [8, 9, 9]]
        assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
