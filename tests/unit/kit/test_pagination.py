"""Cursors carry a sort key there and back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from kit.pagination import decode_cursor, encode_cursor


class TestCursor:
    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
    def test_gives_the_key_back(self, key: str) -> None:
        assert decode_cursor(encode_cursor(key)) == key

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
    def test_needs_no_escaping_in_a_url(self, key: str) -> None:
        assert set(encode_cursor(key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    @pytest.mark.parametrize("cursor", ["a", "é", "____", "not a cursor!"])
    def test_refuses_what_the_api_did_not_give_out(self, cursor: str) -> None:
        with pytest.raises(Invalid, match="start again without a cursor"):
            decode_cursor(cursor)

    @given(st.text())
    def test_never_fails_otherwise(self, cursor: str) -> None:
        with suppress(Invalid):
            assert isinstance(decode_cursor(cursor), str)
