"""The keyword leg beside rank-bm25, over real passages and questions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import pytest
from rank_bm25 import BM25Okapi, BM25Plus

from bench.retrieval_sets import load_retrieval_set
from kit.ids import chunk_id, window_point_id
from retrieval.keywords.analysis import Analyser, Term
from retrieval.stores.bm25 import DEFAULT_LANGUAGE
from retrieval.stores.bm25_parameters import K1, B
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec
from retrieval.types import Filter, Point

pytestmark = pytest.mark.realdata

# How much of BM25Okapi's ten best is found. Its IDF, ln((N - n + 0.5) / (n + 0.5)), differs most from Lucene's for
# words that a third of the passages hold, and a word that half of them hold gets a quarter of the mean IDF instead: in
# Cranfield "flow" counts twice as much as "layer". The difference is by that definition alone: the same library, by an
# IDF that never falls below 0, agrees; and in Cranfield Lucene's ranks better (docs/adr/0003-keyword-leg.md).
SETS = {"cranfield": 0.93, "squad-dev-v1.1": 0.95, "chunk-eval": 0.95}
SAME_MODEL = 0.99
QUESTIONS = 150
BEST = 10
WHERE = Filter("t", ["d"])

BM25: TypeAlias = BM25Okapi | BM25Plus
Oracle = TypeVar("Oracle", BM25Okapi, BM25Plus)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A set's passages in the engine, and what rank-bm25 makes of the same terms."""

    store: EdgeStore
    oracle: BM25Okapi
    never_below_zero: BM25Plus
    questions: Sequence[str]
    analyser: Analyser
    least_shared: float

    def scores(self, question: str) -> dict[int, float]:
        found = self.store.candidates("bench", vector=None, text=question, where=WHERE, pool=BEST).scores
        return {PLACES[one.chunk_id]: one.bm25 for one in found}

    def oracle_scores(self, question: str) -> list[float]:
        return self.scores_by(self.oracle, question)

    def scores_by(self, oracle: BM25, question: str) -> list[float]:
        terms = {term.term for term in self.analyser.query(question)}
        return [float(score) for score in oracle.get_scores(sorted(terms))]

    def shared(self, oracle: BM25) -> float:
        """The mean share of what is found that the oracle has among its ten best, or level with the tenth."""
        shares = []
        for question in self.questions:
            expected = self.scores_by(oracle, question)
            least = sorted(expected, reverse=True)[BEST - 1] - 1e-6
            shares.append(sum(expected[number] >= least for number in self.scores(question)) / BEST)
        return float(np.mean(shares))


PLACES: dict[str, int] = {chunk_id(file_id="f", generation=1, position=number): number for number in range(6000)}


@pytest.fixture(scope="module", params=list(SETS))
def shelf(request: pytest.FixtureRequest, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    questions = load_retrieval_set(data_dir / "retrieval" / request.param)
    documents = (f"{one.title}\n{one.text}" for one in questions.corpus.values())
    texts = [text for text in documents if text.strip()]  # a passage without words is none of the keyword leg
    analyser = Analyser(DEFAULT_LANGUAGE)
    terms = [analyser.passage(text) for text in texts]
    words = [[one.term for one in passage] for passage in terms]
    oracle = by_our_lengths(BM25Okapi(words, k1=K1, b=B), terms)
    # BM25+ adds `delta` to what a term counts for: without it, it is BM25 with ln((N + 1) / n) for an IDF.
    never_below_zero = by_our_lengths(BM25Plus(words, k1=K1, b=B, delta=0), terms)
    store = EdgeStore(tmp_path_factory.mktemp("vectors"))
    try:
        store.ensure(CollectionSpec("bench", 4, average_length=oracle.avgdl))
        store.upsert("bench", [point(number, text) for number, text in enumerate(texts)])
        asked = list(questions.queries.values())[:QUESTIONS]
        yield Shelf(store, oracle, never_below_zero, asked, analyser, SETS[request.param])
    finally:
        store.close()


def by_our_lengths(oracle: Oracle, terms: Sequence[Sequence[Term]]) -> Oracle:
    """An identifier as a whole stands beside its parts and makes a passage no longer; rank-bm25 counts all."""
    oracle.doc_len = np.array([sum(one.counts for one in passage) for passage in terms])
    oracle.avgdl = float(oracle.doc_len.mean())
    return oracle


def point(number: int, text: str) -> Point:
    chunk = chunk_id(file_id="f", generation=1, position=number)
    return Point(
        id=window_point_id(chunk, 0), chunk_id=chunk, tenant_id="t", dataset_id="d", file_id="f", generation=1,
        position=number, window=0, vector=np.ones(4, dtype=np.float32), text=text, source="upload",
        live=True, enabled=True,
    )  # fmt: skip


def test_finds_what_rank_bm25_finds(shelf: Shelf) -> None:
    """Query stop words are gone on both sides."""
    assert shelf.shared(shelf.oracle) >= shelf.least_shared


def test_finds_what_rank_bm25_finds_by_an_idf_that_never_falls_below_0(shelf: Shelf) -> None:
    assert shelf.shared(shelf.never_below_zero) >= SAME_MODEL


def test_agrees_with_bm25_under_lucenes_idf(shelf: Shelf) -> None:
    held = Counter(term for passage in shelf.oracle.doc_freqs for term in passage)
    total = len(shelf.oracle.doc_freqs)
    okapi = shelf.oracle.idf
    shelf.oracle.idf = {term: math.log((total - n + 0.5) / (n + 0.5) + 1) for term, n in held.items()}
    try:
        for question in shelf.questions:
            expected = shelf.oracle_scores(question)
            found = shelf.scores(question)
            assert list(found.values()) == pytest.approx([expected[number] for number in found], rel=1e-4)
            best = sorted(expected, reverse=True)[: len(found)]
            assert sorted(found.values(), reverse=True) == pytest.approx(best, rel=1e-4)
    finally:
        shelf.oracle.idf = okapi
