"""/dashboard/v1/knowledge-base/datasets/{datasetId}/calibration: what the scores of a dataset mean."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.calibration import CalibrationChoice, DatasetCalibration
from api.deps import DatasetId, Manager, Reader, RuntimeDep
from api.envelope import errors

router = APIRouter(prefix="/datasets/{datasetId}/calibration", tags=["Knowledge base: golden questions"])


@router.get(
    "", operation_id="dashboardKbCalibrationGet", summary="Get what a dataset's scores are calibrated by",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_calibration(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> DatasetCalibration:
    with runtime.database.read() as session:
        found = runtime.searching.calibrations.get(session, principal, dataset_id)
    return DatasetCalibration.of(found)


@router.put(
    "", operation_id="dashboardKbCalibrationPut", summary="Show a dataset's scores as an evaluation calibrated them",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def adopt_calibration(
    dataset_id: DatasetId, body: CalibrationChoice, principal: Manager, runtime: RuntimeDep
) -> DatasetCalibration:
    """Of any evaluation of the dataset with kind `calibrate`, so an earlier one is gone back to in the same way. The
    order of results stays. Needs `knowledge:manage`."""
    with runtime.database.write() as session:
        found = runtime.searching.calibrations.adopt(session, principal, dataset_id, body.evaluation_id)
    return DatasetCalibration.of(found)


@router.delete(
    "", operation_id="dashboardKbCalibrationDelete", summary="Show a dataset's scores as they are",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def drop_calibration(dataset_id: DatasetId, principal: Manager, runtime: RuntimeDep) -> DatasetCalibration:
    """Needs `knowledge:manage`."""
    with runtime.database.write() as session:
        runtime.searching.calibrations.drop(session, principal, dataset_id)
    return DatasetCalibration.of(None)
