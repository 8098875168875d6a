"""Whatever is enqueued finds somebody who does it."""

from __future__ import annotations

import pytest

from ingest.datasets.jobs import remove_job as dataset_remove_job
from ingest.doctor.jobs import tidy_job
from ingest.files import jobs
from kit.jobs.types import NewJob
from orchestration.runtime import Runtime


class TestAKindOfJob:
    @pytest.mark.parametrize(
        "job",
        [
            jobs.parse_job(tenant_id="t", dataset_id="d", file_id="f", generation=1),
            jobs.embed_job(tenant_id="t", dataset_id="d", file_id="f", generation=1),
            jobs.switch_job(tenant_id="t", dataset_id="d", file_id="f"),
            jobs.sweep_job(tenant_id="t", dataset_id="d", file_id="f"),
            jobs.remove_job(tenant_id="t", dataset_id="d", file_id="f"),
            dataset_remove_job(tenant_id="t", dataset_id="d"),
            tidy_job(),
        ],
        ids=lambda job: job.kind,
    )
    def test_has_a_handler_and_a_lane(self, runtime: Runtime, job: NewJob) -> None:
        assert runtime.worker._handlers[job.kind].queue == job.queue
        assert job.queue in {lane.queue for lane in runtime.worker._lanes}
