"""A search as callers ask it and as it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kit.ids import new_id
from retrieval.filters import SearchFilter
from retrieval.search.fusion import FusionKind
from retrieval.search.limits import DEFAULT_TOP_K
from retrieval.types import RankSource


@dataclass(frozen=True, slots=True)
class Extras:
    """What an answer holds beside its passages. Each costs time, so none is made unless asked for."""

    explanation: bool = False
    highlights: bool = False
    sections: bool = False
    citations: bool = False


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`alpha` weighs the vector leg: 0 keyword only, 1 vector only. `min_score` applies to the final score alone.

    None for `alpha` or `fusion`: as the dataset is set, else as the installation is. `diversity` from 0 (off) to 1
    gives up relevance for passages that say something else than those before them. `merge_neighbours` makes one result
    of passages that follow each other in a file. `where` narrows within `dataset_ids`; its own `dataset_ids` are left
    unset.
    """

    query: str
    dataset_ids: Sequence[str]
    top_k: int = DEFAULT_TOP_K
    alpha: float | None = None
    min_score: float = 0.0
    rerank: bool = False
    where: SearchFilter = field(default_factory=SearchFilter)
    fusion: FusionKind | None = None
    diversity: float = 0.0
    merge_neighbours: bool = False
    extras: Extras | None = None


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
class Span:
    """Characters `start` to `end` of a passage's content."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Highlights:
    """The words of the question as the passage has them, and the sentence that fits it best."""

    words: Sequence[Span]
    sentence: Span | None


@dataclass(frozen=True, slots=True)
class Box:
    """Where on its page a passage stands, in points from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Citation:
    """`key` finds the passage again also after its file was built anew; see retrieval.search.citation."""

    key: str
    boxes: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a file that a passage stands in: all passages under the same heading, without their overlaps.

    `cut`: it is longer than what is shown.
    """

    heading_path: Sequence[str]
    content: str
    chunk_ids: Sequence[str]
    cut: bool


@dataclass(frozen=True, slots=True)
class LegExplanation:
    """A passage in one leg. `score` is its part before weighing, on the scale of `scoring.Fusion`; `rank` counts from 1
    within the candidates, None where the leg does not find it; `raw` is the engine's own number, a cosine or BM25."""

    score: float
    rank: int | None
    raw: float


@dataclass(frozen=True, slots=True)
class HitExplanation:
    """`terms`: what each word of the question adds to BM25. `fused` and `fused_rank` are before reranking; `reranked`
    is the second look's own score, None where there was none. `uncalibrated` is the score before calibration, None
    where there is no calibration."""

    vector: LegExplanation
    keyword: LegExplanation
    terms: Mapping[str, float]
    fused: float
    fused_rank: int
    reranked: float | None
    uncalibrated: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about. `terms` by word with their IDF; `conditions` in words; `reranked` counts the passages
    that the second look had time for."""

    terms: Mapping[str, float]
    alpha: float
    fusion: FusionKind
    pool: int
    candidates: int
    conditions: Sequence[str]
    reranked: int
    reranker: str | None
    phrases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage with its final score in [0, 1] and the legs that made it. `keyword` is BM25 on the scale that it is
    weighed on (`scoring.Fusion`).

    `reranked` is the second look's score, where there was one. `merged` are the chunks that were put behind this one.
    `calibrated` takes the place of the score in what is shown; hits are ordered by the score.
    """

    passage: Passage
    score: float
    rank_source: RankSource
    cosine: float
    bm25: float
    keyword: float = 0.0
    reranked: float | None = None
    merged: Sequence[str] = ()
    calibrated: float | None = None
    explanation: HitExplanation | None = None
    highlights: Highlights | None = None
    section: Section | None = None
    citation: Citation | None = None

    @property
    def shown_score(self) -> float:
        return self.score if self.calibrated is None else self.calibrated


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Times in milliseconds. `embed_ms` is the query's embedding, `engine_ms` the engine's own calls. `id` names the
    search in the audit trail and in its record."""

    hits: Sequence[SearchHit]
    total_ms: float
    embed_ms: float
    engine_ms: float
    rerank_ms: float
    explanation: Explanation | None = None
    id: str = field(default_factory=new_id)
