"""A search over fakes of the engine and the rows: what is shown is what the rows allow, in the order of the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.types import ROLE_SCOPES, Principal, Role
from retrieval.embedding.models import Models
from retrieval.embedding.protocol import ModelInfo
from retrieval.embedding.protocol import Passage as Text
from retrieval.search.ports import SearchTarget
from retrieval.search.reranking import DEPTH, SHARE, rerank
from retrieval.search.service import ModelDiffers, Search
from retrieval.search.types import Passage, SearchHit, SearchRequest
from retrieval.stores.bm25_parameters import K1
from retrieval.types import Candidates, Filter, LegScores, RankSource, Vector

CALLER = Principal("t", "k", None, "test", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])


@dataclass
class Library:
    """Stands for all that a search asks: collections of scored chunks, and which of them may be shown."""

    scores: Mapping[str, Sequence[LegScores]]
    hidden: frozenset[str] = frozenset()
    model: str = "m"
    asked: list[Filter] = field(default_factory=list)
    pools: list[int] = field(default_factory=list)
    info: ModelInfo = field(default_factory=lambda: ModelInfo("p", "m", 2, 256, 2, "r"))

    def targets(self, _principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:
        return [SearchTarget(name, self.model, [name]) for name in dataset_ids]

    def passages(self, _principal: Principal, _ids: Sequence[str], chunks: Sequence[str]) -> Mapping[str, Passage]:
        return {one: passage(one) for one in chunks if one not in self.hidden}

    def embed_query(self, _text: str) -> Vector:
        return np.array([1, 0], dtype=np.float32)

    def candidates(self, collection: str, *, where: Filter, pool: int, **_: object) -> Candidates:
        self.asked.append(where)
        self.pools.append(pool)
        return Candidates(self.scores[collection], bm25_ceiling=K1 + 1, engine_seconds=0.001)

    def search(self, scorer: Any = None, **asked: Any) -> list[SearchHit]:
        myself = cast("Any", self)
        search = Search(myself, myself, myself, Models([myself]), scorer, pool=100, rerank_seconds=1.0)
        return list(search.search(CALLER, SearchRequest("q", list(self.scores), **asked)).hits)


def passage(chunk: str) -> Passage:
    return Passage(chunk, "f", "f.md", "d", f"text of {chunk}", "", None, (), None, None)


def scored(*cosines: float, prefix: str = "c") -> list[LegScores]:
    return [LegScores(f"{prefix}{index:02}", "f", 1, cosine, 0.0) for index, cosine in enumerate(cosines)]


class TestASearch:
    @given(
        cosines=st.lists(st.floats(0.01, 1), max_size=60),
        hidden=st.sets(st.integers(0, 59)),
        top_k=st.integers(1, 20),
    )
    def test_shows_the_best_that_may_be_shown_and_fills_up_behind_those_that_may_not(
        self, cosines: list[float], hidden: set[int], top_k: int
    ) -> None:
        library = Library({"x": scored(*cosines)}, frozenset(f"c{index:02}" for index in hidden))
        shown = [hit.score for hit in library.search(top_k=top_k, alpha=1.0)]
        allowed = sorted((c for index, c in enumerate(cosines) if index not in hidden), reverse=True)
        assert shown == pytest.approx(allowed[:top_k])

    def test_has_the_same_head_whatever_top_k(self) -> None:
        library = Library({"x": scored(*np.linspace(0.1, 0.9, 50))})
        every = [hit.passage.chunk_id for hit in library.search(top_k=20)]
        for top_k in (1, 5, 19):
            assert [hit.passage.chunk_id for hit in library.search(top_k=top_k)] == every[:top_k]
        assert set(library.pools) == {100}

    def test_merges_collections_by_the_one_score(self) -> None:
        library = Library({"x": scored(0.9, 0.1), "y": scored(0.5, prefix="d")})
        assert [hit.passage.chunk_id for hit in library.search(alpha=1.0)] == ["c00", "d00", "c01"]
        assert [where.dataset_ids for where in library.asked] == [("x",), ("y",)]
        assert {where.tenant_id for where in library.asked} == {"t"}

    def test_leaves_out_what_scores_less_than_asked_in_the_end(self) -> None:
        assert [hit.score for hit in Library({"x": scored(0.9, 0.5)}).search(alpha=0.5, min_score=0.4)] == [0.45]

    def test_refuses_vectors_of_another_model_but_not_words(self) -> None:
        library = Library({"x": scored(0.9)}, model="other")
        with pytest.raises(ModelDiffers, match="CAIRN_EMBEDDING_MODEL=other"):
            library.search()
        assert library.search(alpha=0.0) == []

    def test_reranks_as_many_whatever_top_k(self) -> None:
        scorer = Scorer({"text of c09": 1.0})
        found = Library({"x": scored(*np.linspace(0.9, 0.5, 50))}).search(scorer, rerank=True, top_k=1, alpha=1.0)
        assert [hit.passage.chunk_id for hit in found] == ["c09"]
        assert scorer.seen == DEPTH

    def test_without_a_second_model_answers_as_if_not_asked_to_rerank(self) -> None:
        library = Library({"x": scored(0.9, 0.5)})
        assert library.search(rerank=True) == library.search()


class Scorer:
    """A second look that knows some texts; for the rest it finds 0. `fits` is how many its time allows."""

    def __init__(self, known: Mapping[str, float], *, fits: int = 100) -> None:
        self._known = known
        self._fits = fits
        self.seen = 0

    @property
    def name(self) -> str:
        return "a test's"

    def score(self, _query: str, passages: Sequence[Text], *, seconds: float) -> list[float]:
        assert seconds > 0
        self.seen = len(passages)
        return [self._known.get(one.content, 0.0) for one in passages[: self._fits]]


def hits(*scores: float) -> list[SearchHit]:
    return [SearchHit(passage(f"c{i:02}"), score, RankSource.HYBRID, score, 0.0) for i, score in enumerate(scores)]


class TestReranking:
    def test_blends_both_looks(self) -> None:
        found = rerank(Scorer({"text of c01": 0.8}), "q", hits(0.6, 0.4), seconds=1)
        assert [hit.passage.chunk_id for hit in found] == ["c01", "c00"]
        assert [hit.score for hit in found] == pytest.approx([(1 - SHARE) * 0.4 + SHARE * 0.8, (1 - SHARE) * 0.6])

    @given(scores=st.lists(st.floats(0, 1), max_size=20), fits=st.integers(0, 20), second=st.floats(0, 1))
    def test_leaves_behind_what_there_was_no_time_for_and_loses_nothing(
        self, scores: list[float], fits: int, second: float
    ) -> None:
        given_hits = hits(*sorted(scores, reverse=True))
        known = {f"text of c{index:02}": second for index in range(20)}
        found = rerank(Scorer(known, fits=fits), "q", given_hits, seconds=1)
        assert {hit.passage.chunk_id for hit in found} == {hit.passage.chunk_id for hit in given_hits}
        assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
        assert all(0 <= hit.score <= 1 for hit in found)
        assert [h.passage.chunk_id for h in found[fits:]] == [h.passage.chunk_id for h in given_hits[fits:]]
