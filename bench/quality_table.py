"""How well each way of searching ranks, with intervals: `python -m bench.quality_table [--set scifact]… [--cache DIR]
[--rerank 1000] [--graphs] [--rivals PYTHON]`.

Every document of a set is one passage, as the product would store it (title as context, a point a window). Passages go
into the vector engine itself and come back through the product's own fusion and second look; only HTTP and the rows are
left out, which change no order. Embeddings are kept in `--cache`, by set, so that a second run takes minutes.

After the table: how score and relevance go together as scores are; bench.calibration says what calibrating makes of
it.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bench.retrieval_sets import RetrievalSet, data_folder, load_retrieval_set
from bench.rival_searches import RIVALS, ask_rival
from kit.ids import chunk_id, window_point_id
from retrieval.embedding.bert_embedder import BertEmbedder
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Passage, TokenState
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.evaluation.metrics import ndcg, recall, reciprocal_rank
from retrieval.evaluation.statistics import Estimate, compare, estimate
from retrieval.golden.tuning import candidates, chooses, tuned
from retrieval.ranking.late_interaction import LateInteraction
from retrieval.search.fusion import FusionKind
from retrieval.search.limits import DEFAULT_ALPHA
from retrieval.search.reranking import DEPTH, SHARE
from retrieval.search.scoring import Fusion
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec
from retrieval.types import Candidates, Filter, Point, Ranked, Vector

ENGLISH = ("scifact", "cranfield", "squad-dev-v1.1", "chunk-eval", "covid-qa-long")
POOL = 100
_SEED = 5
FILE, TENANT, DATASET = "f", "t", "d"

WAYS: Mapping[str, Fusion] = {
    "keyword": Fusion(0.0),
    "vector": Fusion(1.0),
    "default": Fusion(DEFAULT_ALPHA),
    "rrf": Fusion(DEFAULT_ALPHA, FusionKind.RRF),
    "dbsf": Fusion(DEFAULT_ALPHA, FusionKind.DBSF),
}

GRAPHS: Mapping[str, CompactionPolicy] = {
    "graph": CompactionPolicy(plain_limit=0, quantized=False),
    "bytes": CompactionPolicy(plain_limit=0, quantized=True),
}
"""Both far below the size from which the product has one."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """`vectors[i]` is a window of document `owners[i]`; `queries` are those measured, in the order of `ids`."""

    vectors: NDArray[np.float32]
    owners: NDArray[np.int64]
    queries: NDArray[np.float32]
    ids: Sequence[str]

    @classmethod
    def made(cls, vectors: Sequence[Vector], owners: Sequence[int]) -> Self:
        """Passages without questions."""
        return cls(np.array(vectors, dtype=np.float32), np.array(owners), np.zeros((0, 0), dtype=np.float32), ())


@dataclass(frozen=True, slots=True)
class Asked:
    """`reranked` counts questions of each set; `rivals` is the Python of their environment."""

    cache: Path
    reranked: int
    has_graphs: bool
    rivals: Path | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", help="folder below CAIRN_DATA/retrieval; default: the English five")
    parser.add_argument("--cache", type=Path, help="folder for embeddings")
    parser.add_argument("--queries", type=int, default=1000, help="of a set, at most")
    parser.add_argument("--rerank", type=int, default=0, help="queries of each set that are reranked as well")
    parser.add_argument("--graphs", action="store_true", help="the default by graph instead of by exact scan, as well")
    parser.add_argument("--rivals", type=Path, help="the Python of an environment with txtai, LlamaIndex and Haystack")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache: Path = arguments.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        embedder = create_embedder(
            model=DEFAULT_MODEL, runtime="auto", cache_dir=cache / "models", threads=os.cpu_count() or 1
        )
        assert isinstance(embedder, BertEmbedder)
        print("set             way            queries  nDCG@10 [95%]           recall@5  MRR@10  beside default")
        for name in arguments.set or ENGLISH:
            questions = load_retrieval_set(data_folder() / "retrieval" / name)
            embedded = embed(embedder, questions, cache / f"{name}.npz", most=arguments.queries)
            asked = Asked(cache, arguments.rerank, arguments.graphs, arguments.rivals)
            measure(embedder, questions, embedded, Path(folder) / name, asked)


def embed(embedder: BertEmbedder, questions: RetrievalSet, path: Path, *, most: int) -> Embedded:
    if not path.exists():
        documents = [Passage(one.text, one.title) for one in questions.corpus.values()]
        windows = embedder.embed_passages(documents)
        asked = list(questions.queries)
        chosen = asked if len(asked) <= most else random.Random(_SEED).sample(asked, most)  # noqa: S311 - a sample
        np.savez(
            path,
            flat=np.array([one for group in windows for one in group], dtype=np.float32),
            own=np.array([number for number, group in enumerate(windows) for _ in group]),
            qv=np.array([embedder.embed_query(questions.queries[query]) for query in chosen], dtype=np.float32),
            qid=np.array(chosen),
        )
    kept = np.load(path)
    return Embedded(kept["flat"], kept["own"], kept["qv"][:most], [str(one) for one in kept["qid"][:most]])


def points_of(questions: RetrievalSet, embedded: Embedded) -> Iterable[Point]:
    documents = list(questions.corpus.values())
    window = 0
    for row, owner in enumerate(embedded.owners):
        window = window + 1 if row and embedded.owners[row - 1] == owner else 0
        document = documents[int(owner)]
        chunk = chunk_id(file_id=FILE, generation=1, position=int(owner))
        yield Point(
            id=window_point_id(chunk, window),
            chunk_id=chunk,
            tenant_id=TENANT,
            dataset_id=DATASET,
            file_id=FILE,
            generation=1,
            position=int(owner),
            window=window,
            vector=embedded.vectors[row],
            text=(f"{document.title}\n{document.text}" if document.title else document.text) if window == 0 else None,
            source="upload",
            live=True,
            enabled=True,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """By question: what the engine brought."""

    candidates: Mapping[str, Candidates]
    names: Mapping[str, str]

    def ranking(self, query: str, way: Fusion) -> list[Ranked]:
        return list(way.rank(self.candidates[query]))

    def rankings(self, queries: Iterable[str], way: Fusion) -> dict[str, list[str]]:
        """By query, the documents' own ids."""
        return {query: [self.names[one.chunk_id] for one in self.ranking(query, way)] for query in queries}


def search_all(
    questions: RetrievalSet, embedded: Embedded, folder: Path, graph: CompactionPolicy | None = None
) -> Found:
    """By exact scan, unless there is to be a graph. Chunk ids are turned back into the documents' own by `names`."""
    store = EdgeStore(folder, policy=graph)
    try:
        store.ensure(CollectionSpec("bench", embedded.vectors.shape[1]))
        store.upsert("bench", list(points_of(questions, embedded)))
        if graph is not None:
            store.compact("bench")
        where = Filter(TENANT, [DATASET])
        candidates = {
            query: store.candidates(
                "bench", vector=vector_of(row), text=questions.queries[query], where=where, pool=POOL
            )
            for query, row in zip(embedded.ids, embedded.queries, strict=True)
        }
    finally:
        store.close()
    names = {
        chunk_id(file_id=FILE, generation=1, position=position): document
        for position, document in enumerate(questions.corpus)
    }
    return Found(candidates, names)


def vector_of(row: NDArray[np.float32]) -> Vector:
    return np.ascontiguousarray(row, dtype=np.float32)


def measure(embedder: BertEmbedder, questions: RetrievalSet, embedded: Embedded, folder: Path, asked: Asked) -> None:
    found = search_all(questions, embedded, folder)
    reranker = LateInteraction(Remembered(embedder))
    rankings = {name: found.rankings(embedded.ids, way) for name, way in WAYS.items()}
    for name, ranking in rankings.items():
        report(questions, name, ranking, rankings["default"])
    for name, graph in GRAPHS.items() if asked.has_graphs else ():
        by_graph = search_all(questions, embedded, folder.with_name(f"{questions.name}-{graph.quantized}"), graph)
        for leg in ("vector", "default"):
            report(questions, f"{leg}, {name}", by_graph.rankings(embedded.ids, WAYS[leg]), rankings[leg])
    for rival in RIVALS if asked.rivals else ():
        kept = asked.cache / f"{questions.name}.{rival}.json"
        answer = ask_rival(asked.rivals or Path(), rival, questions, embedded.ids, kept)
        report(questions, rival, answer.rankings, rankings["default"])
    report_tuned(questions, found, rankings["default"])
    if asked.reranked:
        second = {query: looked_at_again(reranker, questions, found, query) for query in embedded.ids[: asked.reranked]}
        report(questions, "rerank", second, rankings["default"])
    calibration(questions, found, embedded.ids)


@dataclass(slots=True)
class Remembered:
    """The states of passages that many questions bring, computed once a set; a query's are its own."""

    embedder: BertEmbedder
    states: dict[Passage, TokenState] = field(default_factory=dict)

    def query_states(self, text: str) -> TokenState:
        return self.embedder.query_states(text)

    def passage_states(self, passages: Sequence[Passage]) -> Sequence[TokenState]:
        new = [one for one in dict.fromkeys(passages) if one not in self.states]
        for passage, state in zip(new, self.embedder.passage_states(new), strict=True):
            self.states[passage] = TokenState(state.pieces, state.vectors.astype(np.float16), state.rarity)
        known = [self.states[one] for one in passages]
        return [TokenState(one.pieces, one.vectors.astype(np.float32), one.rarity) for one in known]


def looked_at_again(reranker: LateInteraction, questions: RetrievalSet, found: Found, query: str) -> list[str]:
    return [name for _, name in second_scores(reranker, questions, found, query)]


def second_scores(
    reranker: LateInteraction, questions: RetrievalSet, found: Found, query: str
) -> list[tuple[float, str]]:
    """Scores with documents, best first; as retrieval.search.reranking does, without a limit of time."""
    hits = found.ranking(query, WAYS["default"])[:DEPTH]
    documents = [questions.corpus[found.names[one.chunk_id]] for one in hits]
    texts = [Passage(one.text, one.title) for one in documents]
    second = reranker.score(questions.queries[query], texts)
    mixed = [(1 - SHARE) * hit.score + SHARE * score for hit, score in zip(hits, second, strict=True)]
    return [(mixed[index], documents[index].id) for index in np.argsort([-one for one in mixed], kind="stable")]


def report(
    questions: RetrievalSet, name: str, ranking: Mapping[str, Sequence[str]], default: Mapping[str, Sequence[str]]
) -> None:
    gains = [ndcg(found, questions.judged[query], 10) for query, found in ranking.items()]
    base = [ndcg(default[query], questions.judged[query], 10) for query in ranking]
    share = np.mean([recall(found, questions.judged[query], 5) for query, found in ranking.items()])
    first = np.mean([reciprocal_rank(found, questions.judged[query], 10) for query, found in ranking.items()])
    beside = "" if name == "default" else f"{compare(base, gains).verdict.value}"
    row = f"{questions.name:<15} {name:<14} {len(gains):7}  {interval(estimate(gains))}  {share:8.4f}  {first:.4f}"
    print(f"{row}  {beside}", flush=True)


def report_tuned(questions: RetrievalSet, found: Found, default: Mapping[str, Sequence[str]]) -> None:
    """As the product tunes a dataset: chosen on one half of the questions, and adopted only if it is significantly
    better on the other, which the row is about."""
    ways = {one: Fusion(one.alpha or 0.0, one.fusion or FusionKind.WEIGHTED) for one in candidates()}  # all name both
    rankings = {one: found.rankings(default, way) for one, way in ways.items()}
    gains = {one: ndcg_by_query(questions, ranking) for one, ranking in rankings.items()}
    chosen = tuned(ndcg_by_query(questions, default), gains)
    if chosen is None:
        print(f"{questions.name:<15} tuned          too few questions", flush=True)
        return
    held_out = {query: ranking for query, ranking in default.items() if not chooses(query)}
    adopted = rankings[chosen.best] if chosen.held else default
    report(questions, "tuned", {query: adopted[query] for query in held_out}, held_out)
    what = "adopted" if chosen.held else "not adopted, the default stays"
    print(f"{questions.name:<15} tuned by {chosen.chosen_on} other questions: {chosen.best.name}, {what}", flush=True)


def ndcg_by_query(questions: RetrievalSet, ranking: Mapping[str, Sequence[str]]) -> dict[str, float]:
    return {query: ndcg(found, questions.judged[query], 10) for query, found in ranking.items()}


def interval(found: Estimate) -> str:
    return f"{found.mean:.4f} [{found.low:.4f}, {found.high:.4f}]"


def calibration(questions: RetrievalSet, found: Found, ids: Sequence[str]) -> None:
    """The share of relevant ones among the ten best of each question that score at least so much."""
    shown = [
        (one.score, questions.judged[query].get(found.names[one.chunk_id], 0) > 0)
        for query in ids
        for one in found.ranking(query, WAYS["default"])[:10]
    ]
    cells = []
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        kept = [relevant for score, relevant in shown if score >= threshold]
        cells.append(f"{threshold:.1f}: {np.mean(kept):.2f} of {len(kept)}" if kept else f"{threshold:.1f}: none")
    print(f"{questions.name:<15} relevant at minScore  {'   '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
