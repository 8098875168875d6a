"""The kinds of work about datasets."""

from __future__ import annotations

from datetime import datetime

from kit.jobs.types import NewJob

REMOVE = "dataset.remove"
CHANGE_MODEL = "dataset.change_model"
CLEAR_SHELVES = "dataset.clear_shelves"

QUEUE = "default"
EMBED_QUEUE = "embed"


def remove_job(*, tenant_id: str, dataset_id: str, run_after: datetime | None = None) -> NewJob:
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
        run_after=run_after,
    )


def change_model_job(*, tenant_id: str, dataset_id: str, change_id: str) -> NewJob:
    """Fill the vectors of another model, and switch to them."""
    return NewJob(
        kind=CHANGE_MODEL,
        queue=EMBED_QUEUE,
        key=f"{CHANGE_MODEL}:{change_id}",
        subject=dataset_id,
        payload={"change_id": change_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
    )


def clear_shelves_job(*, tenant_id: str, dataset_id: str, run_after: datetime | None = None) -> NewJob:
    """Remove vectors of models that the dataset is not going back to."""
    return NewJob(
        kind=CLEAR_SHELVES,
        queue=QUEUE,
        key=f"{CLEAR_SHELVES}:{dataset_id}",
        subject=dataset_id,
        payload={"dataset_id": dataset_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        max_attempts=20,
        run_after=run_after,
    )
