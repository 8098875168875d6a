"""What other systems find for a question set, asked of bench/search_rivals.py in an environment that has them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.retrieval_sets import RetrievalSet
from retrieval.embedding.source import DEFAULT_MODEL, find_model

RIVALS = ("txtai", "llamaindex", "haystack")
_RESULTS = 20


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """Document ids by question, best first; the seconds that making the index took and each search's milliseconds."""

    rankings: Mapping[str, Sequence[str]]
    index_seconds: float
    milliseconds: Sequence[float]


def ask_rival(python: Path, rival: str, questions: RetrievalSet, ids: Sequence[str], kept: Path) -> RivalAnswer:
    """The same passages and the same model as Cairn has. The answer is kept in `kept`: indexing takes many minutes.

    Raises RuntimeError with what the rival said where it failed.
    """
    if not kept.is_file():
        folder = find_model(DEFAULT_MODEL).folder
        asked = {
            "model": str(folder),
            "passages": [[one.id, f"{one.title}\n{one.text}".strip()] for one in questions.corpus.values()],
            "queries": [[query, questions.queries[query]] for query in ids],
            "results": _RESULTS,
        }
        script = Path(__file__).with_name("search_rivals.py")
        command = [str(python), str(script), rival]
        done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{rival} failed: {done.stderr[-2000:]}")
        kept.write_text(done.stdout[done.stdout.index('{"index_seconds"') :], encoding="utf-8")
    answer = json.loads(kept.read_text(encoding="utf-8"))
    return RivalAnswer(answer["rankings"], answer["index_seconds"], answer["milliseconds"])
