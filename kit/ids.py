"""Identifiers: sortable random ones for rows, derived ones wherever a repeat must find the same thing again."""

from __future__ import annotations

from uuid import UUID, uuid5

from ulid import ULID

_CHUNKS = UUID("6f9c3a52-6d0e-5b0c-9d37-3f4b1c2a7e10")


def new_id() -> str:
    """A ULID: 26 characters, sortable by time of creation."""
    return str(ULID())


def chunk_id(*, file_id: str, generation: int, position: int) -> str:
    """The id of a chunk follows from its place, so that a repeated step writes the same row and the same point."""
    return str(uuid5(_CHUNKS, f"{file_id}/{generation}/{position}"))


def window_point_id(chunk: str, window: int) -> str:
    """The engine's id of one embedded window of a chunk; the first window bears the chunk's own id."""
    return chunk if window == 0 else str(uuid5(UUID(chunk), str(window)))
