"""The kind of work that a crawl is."""

from __future__ import annotations

from datetime import datetime

from kit.jobs.types import NewJob

RUN = "crawl.run"
QUEUE = "crawl"


def run_job(*, tenant_id: str, dataset_id: str, crawl_id: str, run_after: datetime | None = None) -> NewJob:
    return NewJob(
        kind=RUN,
        queue=QUEUE,
        key=f"{RUN}:{crawl_id}",
        subject=crawl_id,
        payload={"crawl_id": crawl_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        run_after=run_after,
    )
