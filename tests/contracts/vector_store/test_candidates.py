from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from kit.errors import Invalid
from retrieval.types import LegScores
from tests.contracts.vector_store.conftest import SPEC
from tests.contracts.vector_store.library import SIZE, Library, cosine, vector

# No stop words and nothing that a stemmer would change, so that splitting at spaces gives the encoder's terms.
CORPUS = [
    "tiger tiger lion",
    "lion bear",
    "bear bear bear wolf crow frog",
    "wolf",
    "tiger wolf lion crow",
    "frog frog newt",
]


def lucene_bm25(query: str, corpus: list[str], average_length: float) -> list[float]:
    """BM25 written out from Robertson and Zaragoza with Lucene's IDF, k1 1.2 and b 0.75."""
    documents = [Counter(text.split()) for text in corpus]
    scores = [0.0] * len(corpus)
    for term in set(query.split()):
        weight = lucene_idf(term, corpus)
        for i, terms in enumerate(documents):
            norm = 1.2 * (1 - 0.75 + 0.75 * terms.total() / average_length)
            scores[i] += weight * terms[term] * 2.2 / (terms[term] + norm)
    return scores


def lucene_idf(term: str, corpus: list[str]) -> float:
    containing = sum(term in text.split() for text in corpus)
    return math.log((len(corpus) - containing + 0.5) / (containing + 0.5) + 1)


def by_text(library: Library, scores: object) -> dict[str, LegScores]:
    assert isinstance(scores, list)
    return {library.pages[score.chunk_id]: score for score in scores}


class TestBm25:
    @pytest.mark.parametrize("query", ["tiger", "wolf lion", "bear frog newt crow", "tiger tiger unseen"])
    def test_equals_an_independent_computation(self, library: Library, query: str) -> None:
        library.add("a", CORPUS)
        found = by_text(library, library.search(query, near=vector(1)).scores)
        expected = lucene_bm25(query, CORPUS, SPEC.average_length)
        assert [found[text].bm25 for text in CORPUS] == pytest.approx(expected, rel=1e-4)

    def test_does_not_count_dead_generations(self, library: Library) -> None:
        library.add("a", ["tiger"] * 4, generation=1)
        library.add("a", CORPUS, generation=2)
        found = by_text(library, library.search("tiger", near=vector(1)).scores)
        assert found["tiger tiger lion"].bm25 == pytest.approx(lucene_bm25("tiger", CORPUS, 8.0)[0], rel=1e-4)

    def test_follows_a_file_that_is_disabled(self, library: Library) -> None:
        library.add("a", CORPUS)
        library.add("b", ["tiger"] * 4)
        library.search("tiger")
        library.store.set_enabled(library.collection, library.file("b"), enabled=False)
        found = by_text(library, library.search("tiger").scores)
        assert found["tiger tiger lion"].bm25 == pytest.approx(lucene_bm25("tiger", CORPUS, 8.0)[0], rel=1e-4)

    def test_idf_is_of_the_scope_and_not_of_the_narrower_request(self, library: Library) -> None:
        library.add("a", CORPUS[:3])
        library.add("b", CORPUS[3:])
        found = by_text(library, library.search("tiger", where=library.filter(files=["a"])).scores)
        assert found["tiger tiger lion"].bm25 == pytest.approx(lucene_bm25("tiger", CORPUS, 8.0)[0], rel=1e-4)

    def test_stems_and_drops_stop_words(self, library: Library) -> None:
        library.add("a", ["the runner was running", "something else"])
        assert library.found("they run") == {"the runner was running"}

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("知识库检索系统 release 42", "检索"),
            ("知识库检索系统 release 42", "42"),
            ("日本語の検索エンジン", "検索"),
            ("검색 엔진을 테스트합니다", "엔진"),
            ("Grüße aus Zürich", "zürich"),
            ("версия 1.2", "версия"),
        ],
    )
    def test_finds_words_of_many_scripts(self, library: Library, text: str, query: str) -> None:
        library.add("a", [text, "unrelated"])
        assert library.found(query) == {text}


class TestCeiling:
    def test_is_the_saturation_limit_times_the_idf_of_every_distinct_term(self, library: Library) -> None:
        library.add("a", CORPUS)
        expected = 2.2 * sum(lucene_idf(term, CORPUS) for term in ("tiger", "wolf", "unseen"))
        assert library.search("tiger wolf wolf unseen").bm25_ceiling == pytest.approx(expected, rel=1e-4)

    def test_is_above_every_score(self, library: Library) -> None:
        library.add("a", ["tiger " * 500, *CORPUS])
        result = library.search("tiger")
        assert max(score.bm25 for score in result.scores) < result.bm25_ceiling

    @pytest.mark.parametrize("text", [None, "", "   ", "the of and", "?!"])
    def test_is_zero_without_terms(self, library: Library, text: str | None) -> None:
        library.add("a", CORPUS)
        result = library.search(text, near=vector(1))
        assert result.bm25_ceiling == 0
        assert {score.bm25 for score in result.scores} == {0}


class TestUnion:
    def test_every_member_has_both_scores_whichever_leg_found_it(self, library: Library) -> None:
        points = library.add("a", CORPUS)
        near = vector(7)
        found = by_text(library, library.search("tiger wolf", near=near, pool=2).scores)
        assert 2 <= len(found) <= 4
        keyword = dict(zip(CORPUS, lucene_bm25("tiger wolf", CORPUS, 8.0), strict=True))
        angle = {point.text: cosine(point.vector, near) for point in points}
        for text, score in found.items():
            assert score.bm25 == pytest.approx(keyword[text], rel=1e-4, abs=1e-6)
            assert score.cosine == pytest.approx(angle[text], abs=1e-5)

    def test_holds_the_best_of_each_leg(self, library: Library) -> None:
        points = library.add("a", CORPUS)
        near = vector(7)
        found = by_text(library, library.search("frog", near=near, pool=1).scores)
        nearest = max(points, key=lambda point: cosine(point.vector, near))
        assert set(found) == {nearest.text, "frog frog newt"}

    def test_vector_alone_gives_cosines_only(self, library: Library) -> None:
        library.add("a", CORPUS)
        result = library.search(near=vector(3), pool=4)
        assert len(result.scores) == 4
        assert {score.bm25 for score in result.scores} == {0}

    def test_text_alone_gives_bm25_only(self, library: Library) -> None:
        library.add("a", CORPUS)
        result = library.search("tiger", pool=4)
        assert len(result.scores) == 2
        assert {score.cosine for score in result.scores} == {0}

    def test_of_no_leg_at_all_is_empty(self, library: Library) -> None:
        library.add("a", CORPUS)
        assert list(library.search().scores) == []

    def test_scores_carry_file_and_generation(self, library: Library) -> None:
        library.add("a", ["tiger"], generation=3)
        (score,) = library.search("tiger").scores
        assert (score.file_id, score.generation) == (library.file("a"), 3)

    def test_time_in_the_engine_is_measured(self, library: Library) -> None:
        library.add("a", CORPUS)
        assert library.search("tiger", near=vector(1)).engine_seconds > 0


class TestWindows:
    def test_of_one_chunk_count_once_with_the_best_cosine(self, library: Library) -> None:
        points = library.add("a", ["tiger", "lion"], windows=5)
        near = vector(2)
        found = by_text(library, library.search("tiger", near=near).scores)
        assert set(found) == {"tiger", "lion"}
        best = max(cosine(p.vector, near) for p in points if library.pages[p.chunk_id] == "lion")
        assert found["lion"].cosine == pytest.approx(best, abs=1e-5)

    def test_do_not_shrink_the_pool(self, library: Library) -> None:
        library.add("a", [f"chunk {i}" for i in range(12)], windows=6)
        assert len(library.search(near=vector(2), pool=10).scores) == 10

    def test_do_not_weigh_on_the_keyword_leg(self, library: Library) -> None:
        library.add("a", CORPUS, windows=4)
        found = by_text(library, library.search("tiger").scores)
        assert found["tiger tiger lion"].bm25 == pytest.approx(lucene_bm25("tiger", CORPUS, 8.0)[0], rel=1e-4)


class TestBadQueries:
    def test_a_vector_that_is_not_finite_is_refused(self, library: Library) -> None:
        with pytest.raises(Invalid, match="finite"):
            library.search(near=np.full(SIZE, np.inf, dtype=np.float32))

    def test_an_empty_vector_is_refused(self, library: Library) -> None:
        with pytest.raises(Invalid, match="shape"):
            library.search(near=np.zeros(0, dtype=np.float32))

    def test_an_empty_pool_is_refused(self, library: Library) -> None:
        with pytest.raises(Invalid, match="pool is 0"):
            library.search("x", pool=0)

    def test_a_zero_vector_finds_without_failing(self, library: Library) -> None:
        library.add("a", ["tiger"])
        (score,) = library.search(near=np.zeros(SIZE, dtype=np.float32)).scores
        assert score.cosine == 0
