"""What is known of a chunk, file or address that a search did not bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from identity.types import Principal
from retrieval.filters import FileFacts


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: exactly one of these."""

    chunk_id: str | None = None
    file_id: str | None = None
    url: str | None = None


class BuildState(StrEnum):
    UNDER_WAY = "under_way"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A file that the subject names or lies in. `chunk_ids` are those that are searched: of the active generation and
    switched on; of a chunk asked about, that one alone. `chunk_replaced`: the chunk belongs to an earlier build.

    `searched`: the file's dataset is among those asked for.
    """

    facts: FileFacts
    file_name: str
    dataset_id: str
    dataset_name: str
    searched: bool
    deleted: bool
    file_enabled: bool
    build: BuildState
    error: str | None
    has_chunks: bool
    chunk_ids: Sequence[str]
    chunk_replaced: bool
    chunk_enabled: bool


class Registry(Protocol):
    def find(self, principal: Principal, dataset_ids: Sequence[str], subject: Subject) -> Whereabouts | None:
        """None where nothing of it is there for the caller. Of several files with one address, the one that comes
        nearest to being found."""
