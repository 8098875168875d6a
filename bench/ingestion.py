"""What a running server leaves of the embedding model's speed: `python -m bench.ingestion [--set covid-qa-long]`.

Chunks per second from the first uploaded byte until the last file is indexed, against the embedder alone over the
same chunks in slices of the same size. Servers, each with an empty home, and the embedder take turns, and the server
has ended while the embedder runs: on a machine that others use too, neighbours in time are comparable and others are
not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.retrieval_quality import as_file
from bench.retrieval_sets import data_folder, load_retrieval_set
from bench.server import KnowledgeBase, Upload, serving, throwaway_home
from ingest.files.types import ShownStatus
from ingest.pipeline.embedding import SLICE
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.embedding.source import DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class Ingestion:
    passages: Sequence[Passage]
    seconds: float

    @property
    def rate(self) -> float:
        """Chunks per second."""
        return len(self.passages) / self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="covid-qa-long", help="folder below CAIRN_DATA/retrieval")
    parser.add_argument("--documents", type=int, help="only so many of the set; default: all")
    parser.add_argument("--turns", type=int, default=2)
    arguments = parser.parse_args()
    uploads = read_uploads(data_folder() / "retrieval" / arguments.set)[: arguments.documents]
    print(f"{arguments.set}: {len(uploads)} files, {sum(len(one.content) for one in uploads) / 1e6:.2f} MB")
    with tempfile.TemporaryDirectory() as cache:
        embedder = create_embedder(
            model=DEFAULT_MODEL, runtime="auto", cache_dir=Path(cache), threads=os.cpu_count() or 1
        )
        embedder.warm()
        take_turns(uploads, embedder, arguments.turns)


def take_turns(uploads: Sequence[Upload], embedder: Embedder, turns: int) -> None:
    """Each ingestion after the first lies between two runs of the embedder and is compared to their mean."""
    before = None
    for _ in range(turns):
        ingestion = ingest(uploads)
        print(
            f"server    {ingestion.rate:7.1f} chunks/s  ({len(ingestion.passages)} chunks in {ingestion.seconds:.1f} s)"
        )
        after = bare_rate(embedder, ingestion.passages)
        print(f"embedder  {after:7.1f} chunks/s")
        neighbours = (after,) if before is None else (before, after)
        print(f"ratio     {ingestion.rate * len(neighbours) / sum(neighbours):7.3f}", flush=True)
        before = after


def read_uploads(folder: Path) -> Sequence[Upload]:
    """The whole documents where the set has them, else a file for each document of its corpus."""
    whole = sorted((folder / "docs").glob("*.txt"))
    if whole:
        return [Upload(path.name, path.read_bytes()) for path in whole]
    return [as_file(document) for document in load_retrieval_set(folder).corpus.values()]


def ingest(uploads: Sequence[Upload]) -> Ingestion:
    with throwaway_home() as home, serving(home) as server, server.knowledge_base() as base:
        dataset_id = base.create_dataset("ingestion")
        started = time.perf_counter()
        base.upload_all(dataset_id, uploads)
        base.wait_until_settled(dataset_id)
        seconds = time.perf_counter() - started
        return Ingestion(read_passages(base, dataset_id), seconds)


def read_passages(base: KnowledgeBase, dataset_id: str) -> Sequence[Passage]:
    passages: list[Passage] = []
    for file in base.get_dataset(dataset_id).files:
        if file.status is not ShownStatus.INDEXED:
            print(f"  {file.file_name} is {file.status.value}: {file.error_message}")
        passages += [Passage(chunk.content, chunk.context) for chunk in base.chunks(dataset_id, file.id)]
    return passages


def bare_rate(embedder: Embedder, passages: Sequence[Passage]) -> float:
    """Chunks per second, in slices as the pipeline takes them. A first slice, which does not count, warms the model."""
    slices = [passages[start : start + SLICE] for start in range(0, len(passages), SLICE)]
    embedder.embed_passages(slices[0])
    started = time.perf_counter()
    for one in slices:
        embedder.embed_passages(one)
    return len(passages) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
