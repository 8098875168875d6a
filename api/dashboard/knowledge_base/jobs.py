"""/dashboard/v1/knowledge-base/jobs: what runs, waits and failed; try it again, call it off, drop it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path, Query

from api.dashboard.knowledge_base.schemas.jobs import JobDropped, JobPage, JobRecord, JobsTouched
from api.deps import DatasetId, PageDep, Reader, RuntimeDep, Writer
from api.envelope import errors
from ingest.work.types import JobQuery
from kit.jobs.types import JobState

router = APIRouter(tags=["Knowledge base: jobs"])

_IDENTIFIER = r"^[!-~]{1,64}$"
JobId: TypeAlias = Annotated[str, Path(alias="jobId", pattern=_IDENTIFIER, description="Id of a job")]


async def _query(
    state: Annotated[list[JobState] | None, Query(description="One or several; absent: all")] = None,
    kind: Annotated[str | None, Query(pattern=_IDENTIFIER, examples=["file.parse"])] = None,
    dataset_id: Annotated[str | None, Query(alias="datasetId", pattern=_IDENTIFIER)] = None,
) -> JobQuery:
    return JobQuery(states=tuple(state or ()), kind=kind, dataset_id=dataset_id)


QueryDep: TypeAlias = Annotated[JobQuery, Depends(_query)]


@router.get(
    "/jobs", operation_id="dashboardKbJobsList", summary="List jobs", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_jobs(
    principal: Reader,
    runtime: RuntimeDep,
    page: PageDep,
    query: QueryDep,
) -> JobPage:
    """Newest first. `state=failed&state=dead` lists what waits for a person."""
    with runtime.database.read() as session:
        found = runtime.work.list(session, principal, query, page)
    return JobPage.of(found, limit=page.limit)


@router.get(
    "/jobs/{jobId}", operation_id="dashboardKbJobsGet", summary="Get a job", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_job(job_id: JobId, principal: Reader, runtime: RuntimeDep) -> JobRecord:
    with runtime.database.read() as session:
        return JobRecord.of(runtime.work.get(session, principal, job_id))


@router.post(
    "/jobs/{jobId}/retry", operation_id="dashboardKbJobsRetry", status_code=202, summary="Try a job again",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def retry_job(job_id: JobId, principal: Writer, runtime: RuntimeDep) -> JobRecord:
    """For jobs that failed, died or were cancelled. A file's build is begun anew, by another job; the answer is the job
    that does the work."""
    with runtime.database.write() as session:
        view = runtime.work.retry(session, principal, job_id)
    runtime.worker.nudge()
    return JobRecord.of(view)


@router.post(
    "/jobs/{jobId}/cancel", operation_id="dashboardKbJobsCancel", summary="Call a job off",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def cancel_job(job_id: JobId, principal: Writer, runtime: RuntimeDep) -> JobRecord:
    """It counts as cancelled at once; a worker in the middle of it stops within seconds. What a file's older version
    serves, it goes on serving."""
    with runtime.database.write() as session:
        view = runtime.work.cancel(session, principal, job_id)
    runtime.worker.nudge()
    return JobRecord.of(view)


@router.delete(
    "/jobs/{jobId}", operation_id="dashboardKbJobsDrop", summary="Forget a job that has ended",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def drop_job(job_id: JobId, principal: Writer, runtime: RuntimeDep) -> JobDropped:
    with runtime.database.write() as session:
        runtime.work.drop(session, principal, job_id)
    return JobDropped()


@router.post(
    "/datasets/{datasetId}/jobs/cancel", operation_id="dashboardKbDatasetsJobsCancel",
    summary="Call off all builds of a dataset", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def cancel_builds(dataset_id: DatasetId, principal: Writer, runtime: RuntimeDep) -> JobsTouched:
    """Ends a re-index, or a large upload. Versions that serve go on serving."""
    with runtime.database.write() as session:
        jobs = runtime.work.cancel_builds(session, principal, dataset_id)
    runtime.worker.nudge()
    return JobsTouched(jobs=jobs)


@router.post(
    "/datasets/{datasetId}/jobs/retry", operation_id="dashboardKbDatasetsJobsRetry", status_code=202,
    summary="Build all failed files of a dataset anew", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def retry_builds(dataset_id: DatasetId, principal: Writer, runtime: RuntimeDep) -> JobsTouched:
    with runtime.database.write() as session:
        jobs = runtime.work.retry_builds(session, principal, dataset_id)
    runtime.worker.nudge()
    return JobsTouched(jobs=jobs)
