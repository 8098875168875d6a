"""/dashboard/v1/knowledge-base/datasets/{datasetId}/model-changes: from one embedding model to another, and back."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.knowledge_base.schemas.model_changes import (
    EmbeddingModelList,
    ModelChangeCreation,
    ModelChangeList,
    ModelChangeRecord,
)
from api.deps import DatasetId, Reader, RuntimeDep, Writer
from api.envelope import errors

router = APIRouter(tags=["Knowledge base: datasets"])

ChangeId: TypeAlias = Annotated[
    str, Path(alias="changeId", pattern=r"^[!-~]{1,64}$", description="Id of a model change")
]
_CHANGES = "/datasets/{datasetId}/model-changes"


@router.get(
    "/embedding-models", operation_id="dashboardKbEmbeddingModelsList", summary="List embedding models",
    responses=errors(401, 403, 503),
)  # fmt: skip
def list_embedding_models(_: Reader, runtime: RuntimeDep) -> EmbeddingModelList:
    """Those that datasets of this installation may be changed to."""
    return EmbeddingModelList.of(runtime.model_changes.available())


@router.post(
    _CHANGES, operation_id="dashboardKbModelChangesCreate", status_code=202,
    summary="Change a dataset's embedding model", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def begin_model_change(
    dataset_id: DatasetId, body: ModelChangeCreation, principal: Writer, runtime: RuntimeDep
) -> ModelChangeRecord:
    """New vectors are made from the stored chunks beside the old ones, which searches use until all are there. Then
    searches go over in one moment; the old vectors stay for a while, to go back to."""
    with runtime.database.write() as session:
        view = runtime.model_changes.begin(
            session, principal, dataset_id, model=body.embedding_model, policy=body.switch_policy
        )
    runtime.worker.nudge()
    return ModelChangeRecord.of(view)


@router.get(
    _CHANGES, operation_id="dashboardKbModelChangesList", summary="List changes of a dataset's embedding model",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_model_changes(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> ModelChangeList:
    """Newest first."""
    with runtime.database.read() as session:
        views = runtime.model_changes.list(session, principal, dataset_id)
    return ModelChangeList(data=[ModelChangeRecord.of(view) for view in views])


@router.get(
    f"{_CHANGES}/{{changeId}}", operation_id="dashboardKbModelChangesGet", summary="Get a model change",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_model_change(
    dataset_id: DatasetId, change_id: ChangeId, principal: Reader, runtime: RuntimeDep
) -> ModelChangeRecord:
    with runtime.database.read() as session:
        return ModelChangeRecord.of(runtime.model_changes.get(session, principal, dataset_id, change_id))


@router.post(
    f"{_CHANGES}/{{changeId}}/switch", operation_id="dashboardKbModelChangesSwitch", status_code=202,
    summary="Switch to the new vectors", responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def switch_model_change(
    dataset_id: DatasetId, change_id: ChangeId, principal: Writer, runtime: RuntimeDep
) -> ModelChangeRecord:
    """For a change that is `ready`. What came in since is embedded first."""
    with runtime.database.write() as session:
        view = runtime.model_changes.switch(session, principal, dataset_id, change_id)
    runtime.worker.nudge()
    return ModelChangeRecord.of(view)


@router.post(
    f"{_CHANGES}/{{changeId}}/cancel", operation_id="dashboardKbModelChangesCancel", summary="Call a model change off",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def cancel_model_change(
    dataset_id: DatasetId, change_id: ChangeId, principal: Writer, runtime: RuntimeDep
) -> ModelChangeRecord:
    """Before the switch. Nothing changes for searches."""
    with runtime.database.write() as session:
        view = runtime.model_changes.cancel(session, principal, dataset_id, change_id)
    runtime.worker.nudge()
    return ModelChangeRecord.of(view)


@router.post(
    f"{_CHANGES}/{{changeId}}/rollback", operation_id="dashboardKbModelChangesRollback", status_code=202,
    summary="Go back to the embedding model before", responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def roll_back_model_change(
    dataset_id: DatasetId, change_id: ChangeId, principal: Writer, runtime: RuntimeDep
) -> ModelChangeRecord:
    """While the old vectors are kept. The answer is the change that goes back; it only embeds what changed since."""
    with runtime.database.write() as session:
        view = runtime.model_changes.roll_back(session, principal, dataset_id, change_id)
    runtime.worker.nudge()
    return ModelChangeRecord.of(view)
