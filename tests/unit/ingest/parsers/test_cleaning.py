"""What databases and keyword indexes do not take is gone from text and from cells of tables."""

from __future__ import annotations

import pytest

from ingest.parsers.cleaning import clean, one_line
from ingest.parsers.tables import table_of

_DIRTY = "a\x00b\x14 \ud83d\ude00 c\udb62d\u200b\ufeff"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (_DIRTY, "ab \U0001f600 cd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ude00\ud83d", ""),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\U0001f600 그림", "\U0001f600 그림"),
        ("Zu\u0308rich", "Z\u00fcrich"),
    ],
)
def test_pairs_are_joined_and_what_cannot_be_stored_goes(text: str, left: str) -> None:
    assert clean(text) == left
    clean(text).encode()


def test_cells_and_captions_are_cleaned_too() -> None:
    table = table_of([[_DIRTY, "x\ny"], ["\udb62", "1"]], caption=_DIRTY)
    assert table.rows == ((one_line(_DIRTY), "x y"), ("", "1"))
    assert table.caption == one_line(_DIRTY)
