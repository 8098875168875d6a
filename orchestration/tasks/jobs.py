"""The kind of work that a run of a task is."""

from __future__ import annotations

from kit.jobs.types import NewJob

RUN = "task.run"
QUEUE = "agents"


def run_job(*, tenant_id: str, dataset_id: str | None, task_id: str, run_id: str, priority: int) -> NewJob:
    """`priority` is the task's, 0 to 3; `dataset_id` what it is about, which says who may see the job."""
    return NewJob(
        kind=RUN,
        queue=QUEUE,
        key=f"{RUN}:{run_id}",
        subject=task_id,
        payload={"task_id": task_id, "run_id": run_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        priority=100 + priority,
    )
