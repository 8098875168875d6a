"""A search as callers ask it and as it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.filters import SearchFilter
from retrieval.search.limits import DEFAULT_ALPHA, DEFAULT_TOP_K
from retrieval.types import RankSource


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`alpha` weighs the vector leg: 0 keyword only, 1 vector only. `min_score` applies to the final score alone.

    `where` narrows within `dataset_ids`; its own `dataset_ids` are left unset.
    """

    query: str
    dataset_ids: Sequence[str]
    top_k: int = DEFAULT_TOP_K
    alpha: float = DEFAULT_ALPHA
    min_score: float = 0.0
    rerank: bool = False
    where: SearchFilter = field(default_factory=SearchFilter)


@dataclass(frozen=True, slots=True)
class Passage:
    """What the database knows of a chunk that may be shown."""

    chunk_id: str
    file_id: str
    file_name: str
    dataset_id: str
    content: str
    context: str
    page: int | None
    heading_path: Sequence[str]
    url: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage with its final score in [0, 1] and the legs that made it."""

    passage: Passage
    score: float
    rank_source: RankSource
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Times in milliseconds. `embed_ms` is the query's embedding, `engine_ms` the engine's own calls."""

    hits: Sequence[SearchHit]
    total_ms: float
    embed_ms: float
    engine_ms: float
    rerank_ms: float
