"""The keyword leg beside rank-bm25, over real passages and questions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from bench.retrieval_sets import load_retrieval_set
from kit.ids import chunk_id, window_point_id
from retrieval.keywords.analysis import Analyser
from retrieval.stores.bm25 import DEFAULT_LANGUAGE
from retrieval.stores.bm25_parameters import K1, B
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec
from retrieval.types import Filter, Point

pytestmark = pytest.mark.realdata

# How much of the ten best is shared. Cranfield is all about flow, pressure and shock waves: words of the trade stand in
# a third of its passages, where rank-bm25's IDF and Lucene's differ most.
SETS = {"cranfield": 0.93, "squad-dev-v1.1": 0.95, "chunk-eval": 0.95}
QUESTIONS = 200
BEST = 10
WHERE = Filter("t", ["d"])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A set's passages in the engine, and what rank-bm25 makes of the same terms."""

    store: EdgeStore
    oracle: BM25Okapi
    questions: Sequence[str]
    analyser: Analyser
    least_shared: float

    def scores(self, question: str) -> dict[int, float]:
        found = self.store.candidates("bench", vector=None, text=question, where=WHERE, pool=BEST).scores
        return {PLACES[one.chunk_id]: one.bm25 for one in found}

    def oracle_scores(self, question: str) -> list[float]:
        terms = {term.term for term in self.analyser.query(question)}
        return [float(score) for score in self.oracle.get_scores(sorted(terms))]


PLACES: dict[str, int] = {chunk_id(file_id="f", generation=1, position=number): number for number in range(6000)}


@pytest.fixture(scope="module", params=list(SETS))
def shelf(request: pytest.FixtureRequest, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    questions = load_retrieval_set(data_dir / "retrieval" / request.param)
    documents = (f"{one.title}\n{one.text}" for one in questions.corpus.values())
    texts = [text for text in documents if text.strip()]  # a passage without words is none of the keyword leg
    analyser = Analyser(DEFAULT_LANGUAGE)
    terms = [analyser.passage(text) for text in texts]
    oracle = BM25Okapi([[one.term for one in passage] for passage in terms], k1=K1, b=B)
    # An identifier as a whole stands beside its parts and makes a passage no longer; rank-bm25 counts all it is given.
    oracle.doc_len = [sum(one.counts for one in passage) for passage in terms]
    oracle.avgdl = sum(oracle.doc_len) / len(texts)
    store = EdgeStore(tmp_path_factory.mktemp("vectors"))
    try:
        store.ensure(CollectionSpec("bench", 4, average_length=oracle.avgdl))
        store.upsert("bench", [point(number, text) for number, text in enumerate(texts)])
        yield Shelf(store, oracle, list(questions.queries.values())[:QUESTIONS], analyser, SETS[request.param])
    finally:
        store.close()


def point(number: int, text: str) -> Point:
    chunk = chunk_id(file_id="f", generation=1, position=number)
    return Point(
        id=window_point_id(chunk, 0), chunk_id=chunk, tenant_id="t", dataset_id="d", file_id="f", generation=1,
        position=number, window=0, vector=np.ones(4, dtype=np.float32), text=text, source="upload",
        live=True, enabled=True,
    )  # fmt: skip


def test_finds_what_rank_bm25_finds(shelf: Shelf) -> None:
    """Its IDF falls below 0 for words that half of the passages hold; query stop words are gone on both sides."""
    shares = []
    for question in shelf.questions:
        expected = shelf.oracle_scores(question)
        best = sorted(range(len(expected)), key=lambda number: -expected[number])[:BEST]
        found = shelf.scores(question)
        shares.append(len(set(best) & set(found)) / BEST)
    assert np.mean(shares) >= shelf.least_shared


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
