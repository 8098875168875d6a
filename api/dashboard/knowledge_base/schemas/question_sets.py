"""Golden questions and evaluations as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from api.dashboard.knowledge_base.schemas.search import Identifier
from api.fields import NO_COERCION, STORABLE, Flag, RequestBody, ResponseBody
from retrieval.golden.exchange import Beir
from retrieval.golden.types import (
    Configuration,
    EvaluationKind,
    EvaluationState,
    EvaluationView,
    Grade,
    ImportReceipt,
    Judgement,
    NewJudgement,
    QuestionSetView,
    QuestionView,
)
from retrieval.search.fusion import FusionKind

_MOST_IMPORTED = 8_000_000  # characters


class QuestionSetCreation(RequestBody):
    dataset_id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]


class QuestionSetItem(ResponseBody):
    id: str
    dataset_id: str
    name: str
    version: int = Field(description="Grows with every change")
    questions: int
    created_on: datetime
    updated_on: datetime

    @classmethod
    def of(cls, view: QuestionSetView) -> QuestionSetItem:
        return cls(
            id=view.id,
            dataset_id=view.dataset_id,
            name=view.name,
            version=view.version,
            questions=view.questions,
            created_on=view.created_at,
            updated_on=view.updated_at,
        )


class QuestionSetList(ResponseBody):
    data: list[QuestionSetItem]


class JudgementGiven(RequestBody):
    """Of a passage or of a whole file: exactly one of `chunkId` and `fileId`."""

    chunk_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")] | None = None
    file_id: Identifier | None = None
    grade: Grade

    @model_validator(mode="after")
    def _one_subject(self) -> JudgementGiven:
        if (self.chunk_id is None) == (self.file_id is None):
            raise ValueError("exactly one of chunkId and fileId is needed")
        return self

    def to_new(self) -> NewJudgement:
        return NewJudgement(self.grade, chunk_id=self.chunk_id, file_id=self.file_id)


class QuestionGiven(RequestBody):
    query: Annotated[str, Field(min_length=1, max_length=8000, pattern=r"\S"), STORABLE]
    judgements: Annotated[list[JudgementGiven], Field(min_length=1, max_length=100)]


class JudgementItem(ResponseBody):
    file_id: str
    grade: Grade
    quote: str = Field(description="The beginning of the judged passage, or the file's name")
    whole_file: bool

    @classmethod
    def of(cls, judgement: Judgement) -> JudgementItem:
        return cls(
            file_id=judgement.file_id, grade=judgement.grade, quote=judgement.quote, whole_file=not judgement.marks
        )


class QuestionItem(ResponseBody):
    id: str
    query: str
    judgements: list[JudgementItem]

    @classmethod
    def of(cls, view: QuestionView) -> QuestionItem:
        return cls(id=view.id, query=view.query, judgements=[JudgementItem.of(one) for one in view.judgements])


class QuestionList(ResponseBody):
    data: list[QuestionItem]


class BeirFiles(ResponseBody):
    """The files of the BEIR layout as texts."""

    corpus_jsonl: str
    queries_jsonl: str
    qrels_tsv: str

    @classmethod
    def of(cls, files: Beir) -> BeirFiles:
        return cls(corpus_jsonl=files.corpus, queries_jsonl=files.queries, qrels_tsv=files.qrels)


class BeirGiven(RequestBody):
    """`corpus-id` is a file's id or its name, with or without ending."""

    queries_jsonl: Annotated[str, Field(max_length=_MOST_IMPORTED), STORABLE]
    qrels_tsv: Annotated[str, Field(max_length=_MOST_IMPORTED), STORABLE]


class ImportedQuestions(ResponseBody):
    questions: int
    judgements: int
    unknown_documents: Sequence[str] = Field(description="Documents that are no file of the dataset")

    @classmethod
    def of(cls, receipt: ImportReceipt) -> ImportedQuestions:
        return cls(questions=receipt.questions, judgements=receipt.judgements, unknown_documents=receipt.unknown[:1000])


class ConfigurationGiven(RequestBody):
    """A way of searching. What is left out is as the dataset is set."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S"), STORABLE]
    hybrid_alpha: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NO_COERCION] | None = None
    fusion: FusionKind | None = None
    rerank: Flag = False

    def to_configuration(self) -> Configuration:
        return Configuration(self.name.strip(), self.hybrid_alpha, self.fusion, self.rerank)


class EvaluationGiven(RequestBody):
    """`compare` measures the configurations, all but the first beside the first. `tune` looks for the best alpha and
    fusion on one half of the questions and tries them on the other. `calibrate` fits scores to the share of what is
    relevant, in every mode, and says how that holds on questions not fitted to."""

    kind: EvaluationKind = EvaluationKind.COMPARE
    configurations: Annotated[list[ConfigurationGiven], Field(max_length=8)] = Field(
        default_factory=list, description="Only for `compare`; none: the dataset as it is set"
    )
    adopt: Flag = Field(
        False, description="Not for `compare`: set the dataset so if it holds on questions not chosen by"
    )


class EvaluatedConfiguration(ResponseBody):
    name: str
    hybrid_alpha: float | None
    fusion: FusionKind | None
    rerank: bool

    @classmethod
    def of(cls, one: Configuration) -> EvaluatedConfiguration:
        return cls(name=one.name, hybrid_alpha=one.alpha, fusion=one.fusion, rerank=one.rerank)


class EvaluationItem(ResponseBody):
    id: str
    question_set_id: str
    dataset_id: str
    version: int = Field(description="Of the question set")
    kind: EvaluationKind
    state: EvaluationState
    configurations: list[EvaluatedConfiguration]
    result: Mapping[str, object] | None = Field(
        description="Means with 95% intervals, and paired comparisons with a verdict: `better`, `worse` or "
        "`no_significant_difference`. Of `calibrate`: by mode, how many passages not fitted to reach each minScore, "
        "and which share of them is relevant. Null until it is done"
    )
    error: str | None
    created_on: datetime
    finished_on: datetime | None

    @classmethod
    def of(cls, view: EvaluationView) -> EvaluationItem:
        return cls(
            id=view.id,
            question_set_id=view.set_id,
            dataset_id=view.dataset_id,
            version=view.version,
            kind=view.kind,
            state=view.state,
            configurations=[EvaluatedConfiguration.of(one) for one in view.configurations],
            result=view.result,
            error=view.error,
            created_on=view.created_at,
            finished_on=view.finished_at,
        )


class EvaluationList(ResponseBody):
    data: list[EvaluationItem]
