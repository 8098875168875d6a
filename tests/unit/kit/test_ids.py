"""Ids sort by time where they are new, and repeat where they are derived."""

from __future__ import annotations

from uuid import UUID

import pytest

from kit.crypto import hash_token, new_token, token_hint
from kit.ids import chunk_id, new_id, window_point_id


class TestNewId:
    def test_is_26_characters_and_never_the_same(self) -> None:
        ids = [new_id() for _ in range(1000)]
        assert {len(made) for made in ids} == {26}
        assert len(set(ids)) == 1000


class TestChunkId:
    def test_follows_from_its_place(self) -> None:
        """The value stands in databases and vector stores: changing how it is made orphans every stored point."""
        assert chunk_id(file_id="f", generation=1, position=2) == "da326893-bac9-5c99-a0d5-b4ecec9d7db7"

    def test_differs_wherever_the_place_does(self) -> None:
        places = [("f", 1, 2), ("f", 1, 3), ("f", 2, 2), ("g", 1, 2), ("f", 12, 0), ("f", 1, 20)]
        ids = {
            chunk_id(file_id=file, generation=generation, position=position) for file, generation, position in places
        }
        assert len(ids) == len(places)

    def test_is_the_id_of_its_first_window(self) -> None:
        chunk = chunk_id(file_id="f", generation=1, position=2)
        assert window_point_id(chunk, 0) == chunk
        assert UUID(window_point_id(chunk, 1)) != UUID(chunk)
        assert window_point_id(chunk, 1) == window_point_id(chunk, 1)


class TestTokens:
    def test_are_long_and_never_the_same(self) -> None:
        tokens = {new_token("ck") for _ in range(100)}
        assert len(tokens) == 100
        assert {len(token) for token in tokens} == {46}

    def test_are_found_again_by_their_hash(self) -> None:
        assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @pytest.mark.parametrize(("token", "hint"), [("ck_0123456789" * 3, "ck_0123"), ("password", "pa"), ("abc", "")])
    def test_have_a_hint_that_gives_no_more_than_a_quarter_away(self, token: str, hint: str) -> None:
        assert token_hint(token) == hint
