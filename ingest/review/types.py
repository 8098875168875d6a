"""Review of chunks as callers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OverlayKind(StrEnum):
    EDIT = "edit"
    ADDITION = "addition"


class OverlayState(StrEnum):
    """`conflict`: the text that an edit is anchored to is in the present chunks no more."""

    APPLIED = "applied"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class ChunkChange:
    """None leaves a field as it is."""

    content: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class NewChunk:
    content: str
    page: int | None = None
    heading_path: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OverlayView:
    """`content` is None where only the switch differs; `chunk_id` is None in a conflict."""

    id: str
    kind: OverlayKind
    state: OverlayState
    chunk_id: str | None
    original: str | None
    content: str | None
    enabled: bool
    changed_by: str
    created_at: datetime
    updated_at: datetime
