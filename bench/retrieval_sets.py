"""Question sets in the BEIR layout: corpus.jsonl(.gz), queries.jsonl and qrels.tsv in one folder."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """`queries` holds the text of every query that was judged; `judged` its documents' grades."""

    name: str
    corpus: Mapping[str, CorpusDocument]
    queries: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]


def data_folder() -> Path:
    """Third-party data, outside the project: CAIRN_DATA or ../shared/data. The sets are in its `retrieval`."""
    return Path(os.environ.get("CAIRN_DATA", "../shared/data"))


def load_retrieval_set(folder: Path) -> RetrievalSet:
    """Raises FileNotFoundError for a missing part and ValueError, with the line, for one that is not in the layout."""
    corpus = {
        row["_id"]: CorpusDocument(row["_id"], row.get("title", ""), row["text"]) for row in _rows(folder, "corpus")
    }
    judged = _judgements(folder / "qrels.tsv")
    queries = {row["_id"]: row["text"] for row in _rows(folder, "queries") if row["_id"] in judged}
    return RetrievalSet(folder.name, corpus, queries, {query: judged[query] for query in queries})


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    plain, packed = folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"
    path = packed if packed.is_file() else plain
    with gzip.open(path, "rt", encoding="utf-8") if path is packed else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _row(line, f"{path}:{number}")


def _row(line: str, place: str) -> dict[str, str]:
    row = json.loads(line)
    if not isinstance(row, dict) or "_id" not in row or "text" not in row:
        raise ValueError(f"{place} has no _id and text: {line[:80]!r}")
    return {"_id": str(row["_id"]), "title": str(row.get("title") or ""), "text": str(row["text"])}


def _judgements(path: Path) -> Mapping[str, Mapping[str, int]]:
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not row.keys() >= {"query-id", "corpus-id", "score"}:
                raise ValueError(f"{path} has the columns {sorted(row)}, expected query-id, corpus-id and score")
            judged[row["query-id"]][row["corpus-id"]] = int(row["score"])
    return judged
