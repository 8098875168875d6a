"""Searches that were made, as callers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GOOD_FROM = 0.3
"""A question whose best passage scores less found no good answer."""


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


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """Searches of a dataset, and those that it answered: one number a day, oldest first; the last day ends now."""

    asked: Sequence[int]
    answered: Sequence[int]


@dataclass(frozen=True, slots=True)
class LatencySlot:
    """Searches of a stretch of time from `since` on, and what they took, in milliseconds; None without any."""

    since: datetime
    searches: int
    median_ms: float | None
    p95_ms: float | None
    slowest_ms: float | None


@dataclass(frozen=True, slots=True)
class NewSavedSearch:
    """`request` and `compared_with` as the API takes a search; `dataset_ids` are all that they name."""

    name: str
    dataset_ids: Sequence[str]
    request: Mapping[str, object]
    compared_with: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class SavedSearchView:
    """`is_mine`: the caller saved it. `owner_name` is None for who may not know it."""

    id: str
    name: str
    owner_name: str | None
    is_mine: bool
    request: Mapping[str, object]
    compared_with: Mapping[str, object] | None
    saved_at: datetime
