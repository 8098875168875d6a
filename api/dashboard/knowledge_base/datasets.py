"""/dashboard/v1/knowledge-base/datasets: datasets, their settings, building them anew."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.datasets import (
    DatasetConfiguration,
    DatasetCreation,
    DatasetDetail,
    DatasetList,
    DatasetSummary,
    Deleted,
    Reindexing,
    ReindexingCost,
)
from api.deps import DatasetId, Manager, Reader, RuntimeDep, Writer
from api.envelope import errors
from identity.types import Scope
from kit.errors import Forbidden

router = APIRouter(prefix="/datasets", tags=["Knowledge base: datasets"])


@router.get("", operation_id="dashboardKbDatasetsList", summary="List datasets", responses=errors(401, 403, 503))
def list_datasets(principal: Reader, runtime: RuntimeDep) -> DatasetList:
    """The datasets that the key may see, oldest first."""
    with runtime.database.read() as session:
        views = runtime.datasets.list(session, principal)
    return DatasetList(data=[DatasetSummary.of(view) for view in views])


@router.post(
    "", operation_id="dashboardKbDatasetsCreate", status_code=201, summary="Create a dataset",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def create_dataset(body: DatasetCreation, principal: Manager, runtime: RuntimeDep) -> DatasetDetail:
    """Needs `knowledge:manage`. Names are unique."""
    with runtime.database.write() as session:
        view = runtime.datasets.create(session, principal, body.to_new())
    return DatasetDetail.with_files(view, ())


@router.get(
    "/{datasetId}", operation_id="dashboardKbDatasetsGet", summary="Get a dataset with its files",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_dataset(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> DatasetDetail:
    with runtime.database.read() as session:
        view = runtime.datasets.get(session, principal, dataset_id)
        files = runtime.files.list(session, principal, dataset_id)
    return DatasetDetail.with_files(view, files)


@router.delete(
    "/{datasetId}", operation_id="dashboardKbDatasetsDelete", summary="Delete a dataset with everything in it",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def delete_dataset(dataset_id: DatasetId, principal: Manager, runtime: RuntimeDep) -> Deleted:
    """Needs `knowledge:manage`. Irreversible; nothing of it is found from this moment on."""
    with runtime.database.write() as session:
        runtime.datasets.delete(session, principal, dataset_id)
    runtime.worker.nudge()
    return Deleted()


@router.patch(
    "/{datasetId}/config", operation_id="dashboardKbDatasetsConfigUpdate", summary="Change a dataset's settings",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def configure_dataset(
    dataset_id: DatasetId, body: DatasetConfiguration, principal: Writer, runtime: RuntimeDep
) -> DatasetDetail:
    """Files that are there keep their chunks: use re-index, or `reIngest` on single files. Changing
    `allowedAgentRoles` needs `knowledge:manage`."""
    if body.allowed_agent_roles is not None and not principal.may(Scope.MANAGE):
        raise Forbidden(f"changing allowedAgentRoles needs {Scope.MANAGE.value}, which key {principal.name!r} lacks")
    with runtime.database.write() as session:
        view = runtime.datasets.configure(session, principal, dataset_id, body.to_change())
        files = runtime.files.list(session, principal, dataset_id)
    return DatasetDetail.with_files(view, files)


@router.post(
    "/{datasetId}/re-index", operation_id="dashboardKbDatasetsReindex", status_code=202,
    summary="Build all files of a dataset anew", responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def reindex_dataset(dataset_id: DatasetId, principal: Writer, runtime: RuntimeDep) -> Reindexing:
    """Answers at once and works in the background; searches find the old chunks of a file until its new ones are
    complete."""
    with runtime.database.write() as session:
        receipt = runtime.datasets.reindex(session, principal, dataset_id)
    runtime.worker.nudge()
    return Reindexing.of(receipt)


@router.get(
    "/{datasetId}/re-index", operation_id="dashboardKbDatasetsReindexCost",
    summary="See what building all files anew would take", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_reindex_cost(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> ReindexingCost:
    """Changes nothing."""
    with runtime.database.read() as session:
        cost = runtime.datasets.reindex_cost(session, principal, dataset_id)
    return ReindexingCost.of(cost)
