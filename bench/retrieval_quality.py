"""How well the whole product finds: `python -m bench.retrieval_quality [--set scifact] [--alpha 0.5]…`.

Every document of the set becomes a Markdown file of its own, with its title as heading. The files are uploaded to a
server, and every judged query goes through POST /search with topK 20. Hits are chunks: a document counts at its best
one.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from api.dashboard.knowledge_base.schemas.uploads import UploadAnswer
from bench.retrieval_sets import CorpusDocument, RetrievalSet, data_folder, load_retrieval_set
from bench.server import KnowledgeBase, Upload, serving, throwaway_home
from ingest.files.types import ShownStatus, UploadOutcome
from retrieval.evaluation.metrics import mean, ndcg, recall, reciprocal_rank

TOP_K = 20
CUT = 10
ALPHAS = (0.0, None, 1.0)
"""None: not sent, so that the server's default counts."""

_UNSAFE = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Ingested:
    """`documents` has the corpus ids of each file: several where their bytes are the same."""

    dataset_id: str
    documents: Mapping[str, Sequence[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="scifact", help="folder below CAIRN_DATA/retrieval")
    parser.add_argument("--alpha", type=float, action="append", help="hybridAlpha; default: 0, not sent, 1")
    parser.add_argument("--requests", type=int, default=4, help="uploads at the same time")
    arguments = parser.parse_args()
    questions = load_retrieval_set(data_folder() / "retrieval" / arguments.set)
    with throwaway_home() as home, serving(home) as server, server.knowledge_base() as base:
        ingested = ingest(base, questions, requests=arguments.requests)
        print("  alpha  queries  nDCG@10  recall@10  MRR@10  search p50 ms")
        for alpha in arguments.alpha or ALPHAS:
            measure(base, ingested, questions, alpha)


def ingest(base: KnowledgeBase, questions: RetrievalSet, *, requests: int) -> Ingested:
    uploads = {document.id: as_file(document) for document in questions.corpus.values()}
    started = time.perf_counter()
    dataset_id = base.create_dataset(questions.name)
    answers = base.upload_all(dataset_id, list(uploads.values()), requests=requests)
    uploaded = time.perf_counter() - started
    dataset = base.wait_until_settled(dataset_id)
    seconds = time.perf_counter() - started
    print(
        f"{questions.name}: {len(uploads)} documents in {dataset.total_files} files, {dataset.total_chunks} chunks; "
        f"uploaded in {uploaded:.1f} s, indexed after {seconds:.1f} s ({dataset.total_chunks / seconds:.1f} chunks/s)"
    )
    for file in dataset.files:
        if file.status is not ShownStatus.INDEXED:
            print(f"  {file.file_name} is {file.status.value}: {file.error_message}")
    return Ingested(dataset_id, documents_by_file(uploads, answers))


def as_file(document: CorpusDocument) -> Upload:
    title = " ".join(document.title.split())
    heading = f"# {title}\n\n" if title else ""
    return Upload(f"{_UNSAFE.sub('-', document.id)}.md", f"{heading}{document.text}\n".encode())


def documents_by_file(uploads: Mapping[str, Upload], answers: Iterable[UploadAnswer]) -> Mapping[str, Sequence[str]]:
    """Corpus ids by file id. Raises ValueError for an upload that did not become a file or took another's place.

    Bytes that were there already stay with the file that brought them first, so the bytes tell whose file it is.
    """
    bytes_of = {upload.file_name: _digest(upload) for upload in uploads.values()}
    owners: dict[bytes, str] = {}
    for answer in answers:
        for file in answer.uploaded_files:
            if file.outcome is UploadOutcome.REPLACED:
                raise ValueError(f"two documents became {file.file_name!r}")
            if file.outcome is UploadOutcome.CREATED:
                owners[bytes_of[file.file_name]] = file.id
        if answer.rejected_files:
            raise ValueError(f"the server refused {answer.rejected_files}")
    documents: defaultdict[str, list[str]] = defaultdict(list)
    for document_id, upload in uploads.items():
        documents[owners[_digest(upload)]].append(document_id)
    return documents


def _digest(upload: Upload) -> bytes:
    return hashlib.sha256(upload.content).digest()


def measure(base: KnowledgeBase, ingested: Ingested, questions: RetrievalSet, alpha: float | None) -> None:
    rows, times = [], []
    for query, text in questions.queries.items():
        answer = base.search(text, [ingested.dataset_id], top_k=TOP_K, alpha=alpha)
        times.append(answer.search_ms)
        found = ranking([hit.file_id for hit in answer.results], ingested.documents)
        judged = questions.judged[query]
        rows.append((ndcg(found, judged, CUT), recall(found, judged, CUT), reciprocal_rank(found, judged, CUT)))
    gain, share, first = (mean(column) for column in zip(*rows, strict=True))
    shown = "default" if alpha is None else f"{alpha:.2f}"
    print(
        f"{shown:>7}  {len(rows):7}  {gain:7.4f}  {share:9.4f}  {first:6.4f}  {np.percentile(times, 50):13.1f}",
        flush=True,
    )


def ranking(file_ids: Sequence[str], documents: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Corpus ids in the order of their best chunks."""
    return [document for file_id in dict.fromkeys(file_ids) for document in documents[file_id]]


if __name__ == "__main__":
    main()
