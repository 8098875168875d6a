"""How long searches take at scale: `python -m bench.search_latency [--passages 100000] [--searches 300]`.

CAIRN_DATA's wiki-scale, spread over 20 datasets. The home is not filled by ingestion, which would take an hour: the
texts are real and so are the vectors of the first few thousand passages, but the vectors of all others are real ones
moved a little in a random direction (bench/filled_home.py). Then a server is started on the home and measured through
HTTP with the set's own questions, one after another: by the client's clock, and by the server's from GET /metrics.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import httpx
import numpy as np
import psutil

from bench.filled_home import begin, embed, fill
from bench.retrieval_sets import RetrievalSet, data_folder, load_retrieval_set
from bench.scrape import SearchTimes, read_search_times
from bench.server import KnowledgeBase, Server, serving, throwaway_home
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.source import DEFAULT_MODEL

DATASETS = 20
TOP_K = 5
UNCOUNTED = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=4000, help="passages whose vectors are real")
    parser.add_argument("--searches", type=int, default=300)
    arguments = parser.parse_args()
    questions = load_retrieval_set(data_folder() / "retrieval" / "wiki-scale")
    with throwaway_home() as home:
        datasets = prepare(home, questions, passages=arguments.passages, real=arguments.real)
        with serving(home) as server, server.knowledge_base() as base:
            asked = list(islice(cycle(questions.queries.values()), arguments.searches))
            for text in asked[:UNCOUNTED]:
                base.search(text, datasets, top_k=TOP_K)
            print(f"{'ms':>19}|      whole request     | searchMs |  means in the server, by /metrics")
            print(f"{'datasets':>19}|   p50     p95     p99  |   p50    | total  embed  engine   rest")
            for narrowed in (datasets, datasets[:1]):
                measure(server, base, asked, narrowed)
            report_memory(server)


def prepare(home: Path, questions: RetrievalSet, *, passages: int, real: int) -> Sequence[str]:
    chosen = list(questions.corpus.values())[:passages]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        embedder = create_embedder(
            model=DEFAULT_MODEL, runtime="auto", cache_dir=Path(cache), threads=os.cpu_count() or 1
        )
        vectors = embed(embedder, chosen[:real])
    embedded = time.perf_counter() - started
    datasets = begin(home, datasets=DATASETS)
    started = time.perf_counter()
    fill(home, datasets, chosen, vectors)
    print(
        f"{len(chosen)} passages in {DATASETS} datasets, {min(real, len(chosen))} with vectors of their own "
        f"(embedded in {embedded:.0f} s, filled in {time.perf_counter() - started:.0f} s)",
        flush=True,
    )
    return datasets


def measure(server: Server, base: KnowledgeBase, asked: Sequence[str], dataset_ids: Sequence[str]) -> None:
    walls, inside = [], []
    before = scraped(server)
    for text in asked:
        started = time.perf_counter()
        answer = base.search(text, dataset_ids, top_k=TOP_K)
        walls.append((time.perf_counter() - started) * 1000)
        inside.append(answer.search_ms)
    times = scraped(server).since(before)
    p50, p95, p99 = np.percentile(walls, [50, 95, 99])
    means = "  ".join(f"{times.mean_ms(stage):5.1f}" for stage in ("total", "embed", "engine"))
    print(
        f"{len(dataset_ids):3} of {DATASETS}, n={times.searches:4} | {p50:6.1f}  {p95:6.1f}  {p99:6.1f}  | "
        f"{np.percentile(inside, 50):6.1f}   | {means}   {times.rest_ms:5.2f}",
        flush=True,
    )


def scraped(server: Server) -> SearchTimes:
    return read_search_times(httpx.get(f"{server.url}/metrics", timeout=30).raise_for_status().text)


def report_memory(server: Server) -> None:
    for process in (psutil.Process(server.pid), *server.family()):
        print(f"{process.memory_info().rss / 2**20:7.0f} MiB resident  {role(process.cmdline())}")


def role(command: Sequence[str]) -> str:
    """The module of `python -m module`, else the name of the program and its first argument."""
    if "-m" in command:
        return command[command.index("-m") + 1]
    program = [Path(part).name for part in command if not part.startswith("-")]
    return " ".join(program[:3])


if __name__ == "__main__":
    main()
