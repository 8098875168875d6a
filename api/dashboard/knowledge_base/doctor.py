"""/dashboard/v1/knowledge-base/doctor: whether rows, vectors and stored files agree; mended on request."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.doctor import DoctorReport, ExaminationBegun, RepairOrder
from api.deps import Manager, RuntimeDep
from api.envelope import errors

router = APIRouter(prefix="/doctor", tags=["Knowledge base: doctor"])


@router.get(
    "", operation_id="dashboardKbDoctorReport", summary="See what the last examination found",
    responses=errors(401, 403, 503),
)  # fmt: skip
def get_report(principal: Manager, runtime: RuntimeDep) -> DoctorReport:
    """Of the tenant. Needs a key that manages and is not narrowed to some datasets."""
    with runtime.database.read() as session:
        return DoctorReport.of(runtime.consulting.report(session, principal))


@router.post(
    "/examinations", operation_id="dashboardKbDoctorExamine", status_code=202, summary="Examine the knowledge base",
    responses=errors(401, 403, 503),
)  # fmt: skip
def examine(principal: Manager, runtime: RuntimeDep) -> ExaminationBegun:
    """Compares rows, vectors and stored files, in the background; changes nothing."""
    with runtime.database.write() as session:
        job_id = runtime.consulting.examine(session, principal)
    runtime.worker.nudge()
    return ExaminationBegun(job_id=job_id)


@router.post(
    "/repairs", operation_id="dashboardKbDoctorRepair", status_code=202, summary="Mend what was found",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def repair(body: RepairOrder, principal: Manager, runtime: RuntimeDep) -> ExaminationBegun:
    """Each is looked at once more before it is mended, and everything afterwards."""
    with runtime.database.write() as session:
        job_id = runtime.consulting.repair(session, principal, body.finding_ids)
    runtime.worker.nudge()
    return ExaminationBegun(job_id=job_id)
