"""The kinds of work about datasets."""

from __future__ import annotations

from kit.jobs.types import NewJob

REMOVE = "dataset.remove"
QUEUE = "default"


def remove_job(*, tenant_id: str, dataset_id: str) -> NewJob:
    """Remove all that is left of a deleted dataset."""
    return NewJob(
        kind=REMOVE,
        queue=QUEUE,
        key=f"{REMOVE}:{dataset_id}",
        subject=dataset_id,
        payload={"dataset_id": dataset_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        max_attempts=20,
    )
