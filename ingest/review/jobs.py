"""Work about single chunks."""

from __future__ import annotations

from ingest.files.jobs import EMBED_QUEUE
from kit.jobs.types import NewJob

REFRESH = "chunk.refresh"

_SOON = 50


def refresh_job(*, tenant_id: str, dataset_id: str, file_id: str, chunk_id: str) -> NewJob:
    """Make the vectors of a chunk follow its row."""
    return NewJob(
        kind=REFRESH,
        queue=EMBED_QUEUE,
        key=f"{REFRESH}:{chunk_id}",
        subject=file_id,
        payload={"file_id": file_id, "chunk_id": chunk_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        priority=_SOON,
        max_attempts=20,
    )
