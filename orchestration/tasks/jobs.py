"""The kind of work that a run of a task is."""

from __future__ import annotations

from kit.jobs.types import NewJob

RUN = "task.run"
QUEUE = "agents"


def run_job(*, tenant_id: str, task_id: str, run_id: str, priority: int) -> NewJob:
    """`priority` is the task's, 0 to 3."""
    return NewJob(
        kind=RUN,
        queue=QUEUE,
        key=f"{RUN}:{run_id}",
        subject=task_id,
        payload={"task_id": task_id, "run_id": run_id},
        tenant_id=tenant_id,
        priority=100 + priority,
    )
