"""Searches that were made, as callers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mark(StrEnum):
    """What a person says of a result. `opened` is no judgement: it was looked at."""

    RELEVANT = "relevant"
    PARTLY = "partly"
    NOT = "not"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class RecordedResult:
    chunk_id: str
    file_id: str
    file_name: str
    dataset_id: str
    score: float
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """`request` holds the options that were sent. Times in milliseconds. Who searched is None where the caller is not
    to know it."""

    id: str
    at: datetime
    query: str
    dataset_ids: Sequence[str]
    key_name: str | None
    user_id: str | None
    agent_role: str | None
    request: Mapping[str, object]
    results: Sequence[RecordedResult]
    top_score: float
    total_ms: float
    embed_ms: float
    engine_ms: float
    rerank_ms: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that found no good answer: `times` it was asked, its best score, its latest record."""

    query: str
    times: int
    best_score: float
    last_asked: datetime
    record_id: str
    dataset_ids: Sequence[str]
