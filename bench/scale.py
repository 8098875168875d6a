"""How searches of every kind grow from 100,000 to a million passages: `python -m bench.scale --home DIR
[--passages 1000000] [--searches 200]`.

CAIRN_DATA's wiki-scale, and beyond its size variations of its passages, with vectors as bench/filled_home.py makes
them, in 20 datasets. Filling takes long and is done once: a home that was filled is measured again as it is. Run it
for two sizes, each with a home of its own, to compare them. Measured through HTTP, by the client's clock.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import msgspec
import numpy as np

from bench.filled_home import begin, embed, fill
from bench.retrieval_sets import CorpusDocument, data_folder, load_retrieval_set
from bench.search_latency import DATASETS, UNCOUNTED, report_memory
from bench.server import KnowledgeBase, Server, serving
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.source import DEFAULT_MODEL

CLIENTS = (1, 4, 16)
REAL = 4000
_FEW_SEARCHES = 50


@dataclass(frozen=True, slots=True)
class Way:
    """`datasets` of the 20 are searched; `few`: too slow for as many searches as the others."""

    name: str
    body: Mapping[str, object]
    datasets: int = DATASETS
    few: bool = False


WAYS = (
    Way("vector", {"hybridAlpha": 1}),
    Way("keyword", {"hybridAlpha": 0}),
    Way("hybrid", {}),
    Way("hybrid, 1 dataset of 20", {}, datasets=1),
    Way("hybrid, label of .1%", {"filter": {"metadata": {"shelf": "7"}}}),
    Way("hybrid, reranked", {"rerank": True}, few=True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument(
        "--home",
        type=lambda text: Path(text).absolute(),
        required=True,
        help="a folder that is new, or was filled by this command",
    )
    parser.add_argument("--real", type=int, default=REAL, help="passages whose vectors are real")
    parser.add_argument("--fill-only", action="store_true")
    arguments = parser.parse_args()
    questions = load_retrieval_set(data_folder() / "retrieval" / "wiki-scale")
    corpus = list(questions.corpus.values())
    datasets = filled(arguments.home, corpus, arguments.passages, real=arguments.real)
    if arguments.fill_only:
        return
    asked = list(islice(cycle(questions.queries.values()), arguments.searches))
    with serving(arguments.home) as server:
        print(f"{arguments.passages} passages, ms by the client's clock, one client")
        for way in WAYS:
            measure(server, way, asked[:_FEW_SEARCHES] if way.few else asked, datasets)
        for clients in CLIENTS:
            print(
                f"{clients:3} clients: {throughput(server, asked, datasets, clients):.1f} hybrid searches/s", flush=True
            )
        report_memory(server)
    print(f"{_on_disk(arguments.home / 'vectors') >> 20} MiB of vectors and index on disk")


def filled(home: Path, corpus: Sequence[CorpusDocument], passages: int, *, real: int) -> Sequence[str]:
    """The ids of its datasets. Raises ValueError for a home of another size."""
    record = home.with_name(f"{home.name}.filled.json")
    if record.is_file():
        size, datasets = msgspec.json.decode(record.read_bytes(), type=tuple[int, list[str]])
        if size != passages:
            raise ValueError(f"{home} holds {size} passages, not {passages}; give another --home")
        return datasets
    started = time.perf_counter()
    chosen = list(islice(varied(corpus), passages))
    with tempfile.TemporaryDirectory() as cache:
        threads = os.cpu_count() or 1
        embedder = create_embedder(model=DEFAULT_MODEL, runtime="auto", cache_dir=Path(cache), threads=threads)
        vectors = embed(embedder, chosen[:real])
    home.parent.mkdir(parents=True, exist_ok=True)
    made = begin(home, datasets=DATASETS)
    fill(home, made, chosen, vectors)
    record.write_bytes(msgspec.json.encode((passages, made)))
    print(f"{passages} passages filled in, and their graph built, in {time.perf_counter() - started:.0f} s", flush=True)
    return list(made)


def varied(corpus: Sequence[CorpusDocument]) -> Iterator[CorpusDocument]:
    """The passages as they are, then again and again without every eighth of their words, chosen anew each time."""
    yield from corpus
    chosen = random.Random(11)  # noqa: S311 - made-up variations, no secret
    while True:
        for one in corpus:
            yield replace(one, text=" ".join(word for word in one.text.split() if chosen.random() > 0.125) or one.text)


def measure(server: Server, way: Way, asked: Sequence[str], datasets: Sequence[str]) -> None:
    with server.knowledge_base() as base:
        for text in asked[:UNCOUNTED]:
            _ask(base, way, text, datasets)
        took = [_ask(base, way, text, datasets) * 1000 for text in asked]
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    print(f"{way.name:>26}, n={len(took):4}: p50 {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f}", flush=True)


def _ask(base: KnowledgeBase, way: Way, text: str, datasets: Sequence[str]) -> float:
    """Seconds."""
    body = {"query": text, "datasetIds": list(datasets[: way.datasets]), "topK": 5, **way.body}
    started = time.perf_counter()
    base.http.post("/search", json=body).raise_for_status()
    return time.perf_counter() - started


def throughput(server: Server, asked: Sequence[str], datasets: Sequence[str], clients: int) -> float:
    """Searches a second of so many clients, each of which asks its next question when it has its answer."""
    hybrid = WAYS[2]

    def client(number: int) -> int:
        with server.knowledge_base() as base:
            mine = asked[number::clients]
            for text in mine:
                _ask(base, hybrid, text, datasets)
            return len(mine)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = sum(pool.map(client, range(clients)))
    return done / (time.perf_counter() - started)


def _on_disk(folder: Path) -> int:
    """Bytes in use; shards are sparse files."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
