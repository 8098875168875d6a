"""How soon documents can be searched, beside other systems: `python -m bench.indexing [--set NAME] [--documents 300]
[--rivals PYTHON]`.

The same passages and the same weights everywhere, one passage a document. Cairn is measured twice: a server that gets
every document as a file over HTTP, until the last is indexed and a search finds something, and the embedder and the
vector engine alone, as a library. Rivals run in an environment of their own (bench/search_rivals.py). Nobody's clock
counts the loading of libraries and weights. Systems take turns, so that what else the machine does meets all alike.

The others cut a passage off at the model's 256 tokens; Cairn embeds all of it, in several windows where it takes them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.quality_table import DATASET, TENANT, Embedded, points_of
from bench.retrieval_quality import as_file
from bench.retrieval_sets import RetrievalSet, data_folder, load_retrieval_set
from bench.rival_searches import RIVALS, ask_rival
from bench.server import serving, throwaway_home
from ingest.pipeline.embedding import SLICE
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec
from retrieval.types import Filter

SERVER, LIBRARY = "cairn, server", "cairn, library"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="squad-dev-v1.1", help="folder below CAIRN_DATA/retrieval")
    parser.add_argument("--documents", type=int, default=300, help="the first so many of the set")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rivals", type=Path, help="the Python of an environment with txtai, LlamaIndex and Haystack")
    arguments = parser.parse_args()
    questions = first_of(load_retrieval_set(data_folder() / "retrieval" / arguments.set), arguments.documents)
    print(f"{arguments.set}: {len(questions.corpus)} documents, {characters(questions)} characters each on average")
    with tempfile.TemporaryDirectory() as folder:
        embedder = create_embedder(
            model=DEFAULT_MODEL, runtime="auto", cache_dir=Path(folder), threads=os.cpu_count() or 1
        )
        embedder.warm()
        systems: dict[str, Callable[[], float]] = {
            SERVER: lambda: by_server(questions),
            LIBRARY: lambda: by_library(questions, embedder),
        }
        if arguments.rivals:
            systems |= {rival: rival_of(arguments.rivals, rival, questions) for rival in RIVALS}
        report(take_turns(systems, arguments.turns), len(questions.corpus))


def first_of(questions: RetrievalSet, count: int) -> RetrievalSet:
    corpus = dict(list(questions.corpus.items())[:count])
    query = next(iter(questions.queries))
    return RetrievalSet(questions.name, corpus, {query: questions.queries[query]}, {query: questions.judged[query]})


def characters(questions: RetrievalSet) -> int:
    return round(statistics.mean(len(one.title) + len(one.text) for one in questions.corpus.values()))


def take_turns(systems: Mapping[str, Callable[[], float]], turns: int) -> Mapping[str, Sequence[float]]:
    """Seconds by system."""
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for turn in range(turns):
        for name, index in systems.items():
            seconds[name].append(index())
            print(f"turn {turn + 1}  {name:<15} {seconds[name][-1]:7.2f} s", flush=True)
    return seconds


def report(seconds: Mapping[str, Sequence[float]], documents: int) -> None:
    """By the median of the turns; beside the fastest of the others, where there are any."""
    others = [statistics.median(taken) for name, taken in seconds.items() if name in RIVALS]
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        beside = (
            f"  {min(others) / middle:5.2f} times the fastest of the others" if others and name not in RIVALS else ""
        )
        print(f"{name:<15} {documents / middle:7.1f} documents/s{beside}")


def by_server(questions: RetrievalSet) -> float:
    """From the first byte sent until all is indexed and found. The model is loaded by a file before that."""
    with throwaway_home() as home, serving(home) as server, server.knowledge_base() as base:
        files = [as_file(document) for document in questions.corpus.values()]
        warming = base.create_dataset("warming")
        base.upload_all(warming, files[:1])
        base.wait_until_settled(warming)
        dataset_id = base.create_dataset("indexing")
        started = time.perf_counter()
        base.upload_all(dataset_id, files)
        base.wait_until_settled(dataset_id, every=0.05)
        found = base.search(next(iter(questions.queries.values())), [dataset_id], top_k=10)
        seconds = time.perf_counter() - started
    if not found.results:
        raise RuntimeError("the server finds nothing in what it says is indexed")
    return seconds


def by_library(questions: RetrievalSet, embedder: Embedder) -> float:
    """The embedder and the engine in slices as the pipeline takes them, without HTTP, files, rows and jobs."""
    documents = [Passage(one.text, one.title) for one in questions.corpus.values()]
    query = next(iter(questions.queries.values()))
    with tempfile.TemporaryDirectory() as folder:
        store = EdgeStore(Path(folder))
        try:
            store.ensure(CollectionSpec("bench", embedder.info.vector_size))
            started = time.perf_counter()
            for start in range(0, len(documents), SLICE):
                windows = embedder.embed_passages(documents[start : start + SLICE])
                owners = [start + number for number, group in enumerate(windows) for _ in group]
                vectors = [one for group in windows for one in group]
                store.upsert("bench", list(points_of(questions, Embedded.made(vectors, owners))))
            vector = embedder.embed_query(query)
            found = store.candidates("bench", vector=vector, text=query, where=Filter(TENANT, [DATASET]), pool=10)
            seconds = time.perf_counter() - started
        finally:
            store.close()
    if not found.scores:
        raise RuntimeError("the engine finds nothing in what was written to it")
    return seconds


def rival_of(python: Path, rival: str, questions: RetrievalSet) -> Callable[[], float]:
    def index() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return ask_rival(python, rival, questions, list(questions.queries), Path(folder) / "answer").index_seconds

    return index


if __name__ == "__main__":
    main()
