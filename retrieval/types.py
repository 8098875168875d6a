"""The values that retrieval speaks in: points going into an engine, candidates coming out, hits given to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.conditions import Condition

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term weights: `indices[i]` is the hashed term, `values[i]` its weight. Indices are unique, order is free."""

    indices: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Point:
    """One searchable vector with what the engine filters on.

    A chunk longer than the model's window has several points (`window` 0, 1, …) that all carry its `chunk_id`;
    only window 0 carries the keyword text, so that a chunk counts once in the keyword leg.
    """

    id: str
    chunk_id: str
    tenant_id: str
    dataset_id: str
    file_id: str
    generation: int
    position: int
    window: int
    vector: Vector
    text: str | None
    source: str
    live: bool
    enabled: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    published_at: float | None = None


@dataclass(frozen=True, slots=True)
class DateRange:
    """Closed range in time; an open end is None. Points without a date are outside every range."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Without:
    """What a point must not have: any one of these keeps it out. Empty: nothing is kept out."""

    file_ids: Sequence[str] = ()
    sources: Sequence[str] = ()
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)


NOTHING = Without()


@dataclass(frozen=True, slots=True)
class Filter:
    """What a point must satisfy. Compiled only by `retrieval.filters`; every store translates it in one function.

    Empty sequences mean "nothing matches" for `dataset_ids` (deny by default) and "no condition" is None elsewhere.
    """

    tenant_id: str
    dataset_ids: Sequence[str]
    file_ids: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    published: DateRange | None = None
    without: Without = NOTHING
    condition: Condition | None = None


class LegScores(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The same chunk on both legs. `cosine` is in [-1, 1]; `bm25` is 0 where no query term occurs.

    A struct, so that the some two hundred of a search come over the engine's socket without being copied into another,
    and none that the garbage collector follows: it holds no containers.
    """

    chunk_id: str
    file_id: str
    generation: int
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """The union of both legs' pools, every member scored on both legs.

    `bm25_ceiling` is the largest BM25 that this query could reach (k1+1 times the sum of its terms' IDF, terms
    that occur nowhere included); 0 for a query without terms.
    `engine_seconds` is the time spent inside the engine's own calls.
    """

    scores: Sequence[LegScores]
    bm25_ceiling: float
    engine_seconds: float


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term of the keyword leg as the question writes it, with its IDF over the searched scope."""

    word: str
    idf: float


@dataclass(frozen=True, slots=True)
class ChunkExplanation:
    """`terms`: what each word of the question adds to the chunk's BM25. Ranks count from 1 within the filter; None
    where the leg does not find the chunk at all, or where they were not asked for."""

    chunk_id: str
    terms: Mapping[str, float]
    vector_rank: int | None = None
    keyword_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Chunks that the filter does not admit are absent."""

    terms: Sequence[QueryTerm]
    chunks: Mapping[str, ChunkExplanation]


class RankSource(StrEnum):
    """Which leg a hit owes its score to."""

    VECTOR = "vector"
    KEYWORD = "keyword"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A chunk with its final score in [0, 1] and the two leg scores that made it.

    `keyword` is BM25 over what an average chunk with every term once has: from 0 on, and seldom above 1.
    """

    chunk_id: str
    file_id: str
    score: float
    rank_source: RankSource
    cosine: float
    bm25: float
    keyword: float = 0.0
