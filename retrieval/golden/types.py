"""Golden questions and evaluations, as callers see and make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from retrieval.search.fusion import FusionKind


class Grade(StrEnum):
    """What a passage or file is worth to a question."""

    RELEVANT = "relevant"
    PARTLY = "partly"
    NOT = "not"

    @property
    def gain(self) -> int:
        return {Grade.RELEVANT: 2, Grade.PARTLY: 1, Grade.NOT: 0}[self]


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """Of a passage, or of a whole file: exactly one of the two is given."""

    grade: Grade
    chunk_id: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`marks` find the judged passage in whatever chunk its words are now; empty where the whole file is judged."""

    file_id: str
    grade: Grade
    quote: str
    marks: Sequence[int]


@dataclass(frozen=True, slots=True)
class QuestionView:
    id: str
    query: str
    judgements: Sequence[Judgement]


@dataclass(frozen=True, slots=True)
class QuestionSetView:
    id: str
    dataset_id: str
    name: str
    version: int
    questions: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """`unknown`: ids of documents that are no file of the dataset."""

    questions: int
    judgements: int
    unknown: Sequence[str]


class EvaluationKind(StrEnum):
    COMPARE = "compare"
    TUNE = "tune"
    CALIBRATE = "calibrate"


class EvaluationState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Configuration:
    """A way of searching. None: as the dataset is set."""

    name: str
    alpha: float | None = None
    fusion: FusionKind | None = None
    rerank: bool = False

    def stored(self) -> dict[str, object]:
        return {"name": self.name, "alpha": self.alpha, "fusion": self.fusion, "rerank": self.rerank}

    @classmethod
    def restored(cls, stored: Mapping[str, object]) -> Configuration:
        alpha, fusion = stored.get("alpha"), stored.get("fusion")
        return cls(
            name=str(stored["name"]),
            alpha=float(alpha) if isinstance(alpha, int | float) else None,
            fusion=FusionKind(fusion) if isinstance(fusion, str) else None,
            rerank=bool(stored.get("rerank")),
        )


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """`result` is None until it is done; its form is that of retrieval.golden.report."""

    id: str
    set_id: str
    dataset_id: str
    version: int
    kind: EvaluationKind
    state: EvaluationState
    configurations: Sequence[Configuration]
    result: Mapping[str, object] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
