"""How many tokens a chunk has for what."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.chunking.context import SHARE
from ingest.documents import ChunkSettings
from kit.errors import Invalid

SMALLEST = 32  # content tokens: below this a table's header or a heading leaves no place for what it heads


@dataclass(frozen=True, slots=True)
class Budget:
    """In tokens. `total` is what context and content share; `overlap` is at most half of it, so that every chunk
    says something new even under a full context."""

    total: int
    overlap: int

    @property
    def context(self) -> int:
        return self.total // SHARE


def budget_of(settings: ChunkSettings, *, special_tokens: int) -> Budget:
    """Raises Invalid for sizes that leave no room."""
    total = settings.size - special_tokens
    if total * (SHARE - 1) // SHARE < SMALLEST or settings.overlap < 0:
        raise Invalid(
            f"a chunk size of {settings.size} tokens with an overlap of {settings.overlap} leaves no room for text: "
            f"take a size of at least {SMALLEST * 2 + special_tokens} and an overlap of 0 or more"
        )
    return Budget(total=total, overlap=min(settings.overlap, total // 2))
