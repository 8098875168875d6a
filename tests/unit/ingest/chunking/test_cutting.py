"""Where a stretch is cut that is too long for a chunk, in scripts with and without blanks between words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.chunking.source import Source
from ingest.documents import Block, BlockKind


class _Characters:
    """Every character that is not blank is a token."""

    def count(self, text: str) -> int:
        return len(self.spans(text))

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [(at, at + 1) for at, character in enumerate(text) if not character.isspace()]


def _cut(text: str, room: int) -> tuple[str, str]:
    first, rest = Source(Block(BlockKind.TEXT, text), text, tokens=_Characters()).whole().cut(room)
    return first.text, rest.text


@pytest.mark.parametrize(
    ("text", "room", "first"),
    [
        ("the river rises in the hills", 14, "the river rises"),
        ("第一章 河流从北方的山上流下来，经过三个湖泊和平原", 18, "第一章 河流从北方的山上流下来，"),  # noqa: RUF001 - its comma
        ("一 河流从北方的山上流下来经过三个湖泊", 12, "一 河流从北方的山上流下来"),
        ("กา เมืองโบราณ", 4, "กา"),
        ("กาเมืองโบราณกา", 8, "กาเมือง"),
        ("กากากากาจำ", 9, "กากากากา"),
    ],
)
def test_the_first_part_ends_where_it_reads_on_its_own(text: str, room: int, first: str) -> None:
    found, rest = _cut(text, room)
    assert found.rstrip() == first
    assert (found + rest).replace(" ", "") == text.replace(" ", "")
