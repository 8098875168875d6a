"""/dashboard/v1/knowledge-base/question-sets: golden questions, and evaluations by them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query

from api.dashboard.knowledge_base.schemas.datasets import Deleted
from api.dashboard.knowledge_base.schemas.question_sets import (
    BeirFiles,
    BeirGiven,
    EvaluationGiven,
    EvaluationItem,
    EvaluationList,
    ImportedQuestions,
    QuestionGiven,
    QuestionItem,
    QuestionList,
    QuestionSetCreation,
    QuestionSetItem,
    QuestionSetList,
)
from api.deps import Manager, Reader, RuntimeDep, Writer
from api.envelope import errors
from identity.types import Scope
from kit.errors import Forbidden

router = APIRouter(prefix="/question-sets", tags=["Knowledge base: golden questions"])

_IDENTIFIER = r"^[!-~]{1,64}$"
SetId: TypeAlias = Annotated[str, Path(alias="setId", pattern=_IDENTIFIER, description="Id of a question set")]
QuestionId: TypeAlias = Annotated[str, Path(alias="questionId", pattern=_IDENTIFIER)]
EvaluationId: TypeAlias = Annotated[str, Path(alias="evaluationId", pattern=_IDENTIFIER)]
Version: TypeAlias = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Left out: as it is now")]


@router.get(
    "", operation_id="dashboardKbQuestionSetsList", summary="List question sets", responses=errors(401, 403, 503)
)
def list_sets(principal: Reader, runtime: RuntimeDep) -> QuestionSetList:
    with runtime.database.read() as session:
        views = runtime.searching.question_sets.list(session, principal)
    return QuestionSetList(data=[QuestionSetItem.of(view) for view in views])


@router.post(
    "", operation_id="dashboardKbQuestionSetsCreate", status_code=201, summary="Make a question set for a dataset",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def create_set(body: QuestionSetCreation, principal: Writer, runtime: RuntimeDep) -> QuestionSetItem:
    """Names are unique within a dataset."""
    with runtime.database.write() as session:
        view = runtime.searching.question_sets.create(session, principal, dataset_id=body.dataset_id, name=body.name)
    return QuestionSetItem.of(view)


@router.get(
    "/{setId}", operation_id="dashboardKbQuestionSetsGet", summary="Get a question set",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_set(set_id: SetId, principal: Reader, runtime: RuntimeDep) -> QuestionSetItem:
    with runtime.database.read() as session:
        return QuestionSetItem.of(runtime.searching.question_sets.get(session, principal, set_id))


@router.delete(
    "/{setId}", operation_id="dashboardKbQuestionSetsDelete", summary="Delete a question set with its evaluations",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_set(set_id: SetId, principal: Manager, runtime: RuntimeDep) -> Deleted:
    """Needs `knowledge:manage`."""
    with runtime.database.write() as session:
        runtime.searching.question_sets.delete(session, principal, set_id)
    return Deleted()


@router.get(
    "/{setId}/questions", operation_id="dashboardKbQuestionsList", summary="List the questions of a set",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_questions(set_id: SetId, principal: Reader, runtime: RuntimeDep, version: Version = None) -> QuestionList:
    """Of any version."""
    with runtime.database.read() as session:
        views = runtime.searching.question_sets.questions(session, principal, set_id, version=version)
    return QuestionList(data=[QuestionItem.of(view) for view in views])


@router.post(
    "/{setId}/questions", operation_id="dashboardKbQuestionsJudge", status_code=201,
    summary="Judge what answers a question", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def judge(set_id: SetId, body: QuestionGiven, principal: Writer, runtime: RuntimeDep) -> QuestionItem:
    """Adds the question, or adds to its judgements. A judged passage is known again by its words, also after the file
    was built anew."""
    judgements = [one.to_new() for one in body.judgements]
    with runtime.database.write() as session:
        view = runtime.searching.question_sets.judge(
            session, principal, set_id, query=body.query, judgements=judgements
        )
    return QuestionItem.of(view)


@router.delete(
    "/{setId}/questions/{questionId}", operation_id="dashboardKbQuestionsDelete", summary="Take out a question",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def remove_question(set_id: SetId, question_id: QuestionId, principal: Writer, runtime: RuntimeDep) -> Deleted:
    """Earlier versions keep it."""
    with runtime.database.write() as session:
        runtime.searching.question_sets.remove(session, principal, set_id, question_id)
    return Deleted()


@router.get(
    "/{setId}/export", operation_id="dashboardKbQuestionSetsExport", summary="Export a question set as BEIR has it",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def export_set(set_id: SetId, principal: Reader, runtime: RuntimeDep, version: Version = None) -> BeirFiles:
    with runtime.database.read() as session:
        return BeirFiles.of(runtime.searching.exchange.exported(session, principal, set_id, version=version))


@router.post(
    "/{setId}/import", operation_id="dashboardKbQuestionSetsImport", summary="Import questions as BEIR has them",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def import_set(set_id: SetId, body: BeirGiven, principal: Writer, runtime: RuntimeDep) -> ImportedQuestions:
    """Adds to what is there."""
    with runtime.database.write() as session:
        receipt = runtime.searching.exchange.imported(
            session, principal, set_id, queries=body.queries_jsonl, qrels=body.qrels_tsv
        )
    return ImportedQuestions.of(receipt)


@router.post(
    "/{setId}/evaluations", operation_id="dashboardKbEvaluationsCreate", status_code=202,
    summary="Evaluate ways of searching, or tune the dataset", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def begin_evaluation(set_id: SetId, body: EvaluationGiven, principal: Writer, runtime: RuntimeDep) -> EvaluationItem:
    """Answers at once and measures in the background. `adopt` needs `knowledge:manage`."""
    if body.adopt and not principal.may(Scope.MANAGE):
        raise Forbidden(f"adopting settings needs {Scope.MANAGE.value}, which key {principal.name!r} lacks")
    with runtime.database.write() as session:
        view = runtime.searching.evaluations.begin(
            session,
            principal,
            set_id,
            kind=body.kind,
            configurations=[one.to_configuration() for one in body.configurations],
            adopt=body.adopt,
        )
    runtime.worker.nudge()
    return EvaluationItem.of(view)


@router.get(
    "/{setId}/evaluations", operation_id="dashboardKbEvaluationsList", summary="List the latest evaluations",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_evaluations(set_id: SetId, principal: Reader, runtime: RuntimeDep) -> EvaluationList:
    """Newest first."""
    with runtime.database.read() as session:
        views = runtime.searching.evaluations.list(session, principal, set_id)
    return EvaluationList(data=[EvaluationItem.of(view) for view in views])


@router.get(
    "/{setId}/evaluations/{evaluationId}", operation_id="dashboardKbEvaluationsGet", summary="Get an evaluation",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_evaluation(
    set_id: SetId, evaluation_id: EvaluationId, principal: Reader, runtime: RuntimeDep
) -> EvaluationItem:
    with runtime.database.read() as session:
        return EvaluationItem.of(runtime.searching.evaluations.get(session, principal, set_id, evaluation_id))
