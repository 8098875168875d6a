"""From a citation's key to where the passage is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from identity.types import Principal
from retrieval.search.types import Box


@dataclass(frozen=True, slots=True)
class Cited:
    """`found`: the file still says what was cited; else `chunk_id` is None and the page is the one of then."""

    found: bool
    dataset_id: str
    file_id: str
    file_name: str
    mime_type: str
    url: str | None
    chunk_id: str | None
    page: int | None
    heading_path: Sequence[str]
    content: str | None
    boxes: Sequence[Box]


class Citations(Protocol):
    def resolve(self, principal: Principal, key: str) -> Cited:
        """Invalid for what is no key; NotFound where the file is not there for the caller, or switched off."""
