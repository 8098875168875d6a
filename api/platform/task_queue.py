"""/api/task-queue: jobs for programs elsewhere. What follows a claim completes what is documented."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path
from pydantic import AfterValidator, Field

from api.deps import Reader, RuntimeDep, Writer
from api.fields import NO_COERCION, STORABLE, Flag
from api.platform.envelope import Body, Item, Record, errors
from orchestration.task_queue.types import ClaimQuery, QueuedView, Submission

router = APIRouter(prefix="/task-queue", tags=["Platform: task queue"])

DEFAULT_QUEUE = "default"
MOST_AT_ONCE = 100
_MOST = 2**31 - 1
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE]
Worker = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S"), STORABLE]
Number = Annotated[int, Field(ge=0, le=_MOST), NO_COERCION]
JobId: TypeAlias = Annotated[str, Path(alias="id", pattern=r"^[!-~]{1,64}$", description="Id of a job")]


MOST_BYTES = 65_536


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (UnicodeEncodeError, ValueError):
        raise ValueError("should be JSON without NaN, infinity and halves of surrogate pairs") from None
    if len(text) > MOST_BYTES:
        raise ValueError(f"should take at most {MOST_BYTES} bytes; keep more elsewhere, and send where it is")
    return value


Values = Annotated[dict[str, Any], AfterValidator(_storable)]


class NewQueuedJob(Body):
    task_type: Word
    payload: Values = Field(default_factory=dict)
    queue_name: Word = DEFAULT_QUEUE
    priority: Annotated[int, Field(ge=-_MOST, le=_MOST), NO_COERCION] = Field(0, description="The higher, the sooner")
    tenant_id: Number | None = Field(
        None, description="A number of the caller's own choosing, to claim by; other tenants of Cairn are never meant"
    )
    max_attempts: Annotated[int, Field(ge=1, le=100), NO_COERCION] = 3
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400), NO_COERCION] = Field(
        300, description="How long a worker may be silent before somebody else gets the job"
    )
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200), STORABLE] | None = None


class Claiming(Body):
    worker_id: Worker
    queue_name: Word = DEFAULT_QUEUE
    task_type: Word | None = None
    tenant_id: Number | None = None
    batch_size: Annotated[int, Field(ge=1, le=MOST_AT_ONCE), NO_COERCION] | None = Field(
        None, description="Given, the answer is a list; absent, one job"
    )


class Holding(Body):
    worker_id: Worker
    attempt: Annotated[int, Field(ge=1, le=100), NO_COERCION] = Field(description="As the claim has it")


class Completing(Holding):
    result: Values | None = None


class Failing(Holding):
    error: Annotated[str, Field(min_length=1, max_length=2000), STORABLE]
    retry: Flag = Field(True, description="Try again while there are attempts left")


class QueuedJobRecord(Record):
    id: str
    task_type: str
    queue_name: str
    payload: dict[str, Any]
    priority: int
    tenant_id: int | None
    idempotency_key: str | None
    status: str = Field(description="queued, running, completed or failed")
    attempt: int
    max_attempts: int
    timeout_seconds: int
    worker_id: str | None
    lease_expires_at: datetime | None
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, view: QueuedView) -> QueuedJobRecord:
        return cls(
            id=view.id, task_type=view.task_type, queue_name=view.queue_name, payload=dict(view.payload),
            priority=view.priority, tenant_id=view.partition, idempotency_key=view.idempotency_key, status=view.state,
            attempt=view.attempt, max_attempts=view.max_attempts, timeout_seconds=view.timeout_seconds,
            worker_id=view.worker_id, lease_expires_at=view.lease_until,
            result=None if view.result is None else dict(view.result), error=view.error, created_at=view.created_at,
            started_at=view.started_at, finished_at=view.finished_at,
        )  # fmt: skip


@router.post(
    "/submit", operation_id="platformTaskQueueSubmit", status_code=201, summary="Submit a new job to the task queue",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def submit(body: NewQueuedJob, principal: Writer, runtime: RuntimeDep) -> Item[QueuedJobRecord]:
    """With an `idempotency_key` that the queue has seen, the job of then is given back as it is now."""
    new = Submission(
        body.task_type, body.payload, body.queue_name, body.priority, body.max_attempts, body.timeout_seconds,
        body.tenant_id, body.idempotency_key,
    )  # fmt: skip
    with runtime.database.write() as session:
        return Item(data=QueuedJobRecord.of(runtime.task_queue.submit(session, principal, new)))


@router.post(
    "/claim", operation_id="platformTaskQueueClaim", summary="Claim next job(s) from queue",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def claim(
    body: Claiming, principal: Writer, runtime: RuntimeDep
) -> Item[QueuedJobRecord | list[QueuedJobRecord] | None]:
    """`data` is null where there is nothing to do. A job is the worker's for its `timeout_seconds`, and again so long
    after each heartbeat."""
    query = ClaimQuery(body.queue_name, body.task_type, body.tenant_id)
    with runtime.database.write() as session:
        found = runtime.task_queue.claim(
            session, principal, query, worker_id=body.worker_id, limit=body.batch_size or 1
        )
    records = [QueuedJobRecord.of(view) for view in found]
    if not records:
        return Item[QueuedJobRecord | list[QueuedJobRecord] | None](data=None)
    return Item[QueuedJobRecord | list[QueuedJobRecord] | None](data=records if body.batch_size else records[0])


@router.get(
    "/{id}", operation_id="platformTaskQueueGet", summary="See how a job is",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_job(job_id: JobId, principal: Reader, runtime: RuntimeDep) -> Item[QueuedJobRecord]:
    with runtime.database.read() as session:
        return Item(data=QueuedJobRecord.of(runtime.task_queue.get(session, principal, job_id)))


@router.post(
    "/{id}/heartbeat", operation_id="platformTaskQueueHeartbeat", summary="Keep a claimed job",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def heartbeat(job_id: JobId, body: Holding, principal: Writer, runtime: RuntimeDep) -> Item[QueuedJobRecord]:
    """409 where somebody else has it by now: let it go."""
    with runtime.database.write() as session:
        view = runtime.task_queue.heartbeat(session, principal, job_id, worker_id=body.worker_id, attempt=body.attempt)
    return Item(data=QueuedJobRecord.of(view))


@router.post(
    "/{id}/complete", operation_id="platformTaskQueueComplete", summary="Say that a claimed job is done",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def complete(job_id: JobId, body: Completing, principal: Writer, runtime: RuntimeDep) -> Item[QueuedJobRecord]:
    with runtime.database.write() as session:
        view = runtime.task_queue.complete(
            session, principal, job_id, worker_id=body.worker_id, attempt=body.attempt, result=body.result
        )
    return Item(data=QueuedJobRecord.of(view))


@router.post(
    "/{id}/fail", operation_id="platformTaskQueueFail", summary="Say that a claimed job has failed",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def fail(job_id: JobId, body: Failing, principal: Writer, runtime: RuntimeDep) -> Item[QueuedJobRecord]:
    """Back into the queue with a growing delay, while it has attempts left and `retry` does not say otherwise."""
    with runtime.database.write() as session:
        view = runtime.task_queue.fail(
            session, principal, job_id, worker_id=body.worker_id, attempt=body.attempt, error=body.error,
            again=body.retry,
        )  # fmt: skip
    return Item(data=QueuedJobRecord.of(view))
