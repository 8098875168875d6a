"""The doctor over the API: an administrator has the knowledge base examined and mended, and sees what is his alone."""

from __future__ import annotations

from sqlalchemy import update

from ingest.files.models import File
from ingest.files.types import FileStatus
from kit.jobs.models import Job
from kit.jobs.types import JobState
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of

DOCTOR = "/dashboard/v1/knowledge-base/doctor"


def examined(caller: Caller, path: str = "examinations", **content: object) -> Json:
    """The report once the job that was asked for has ended."""
    answer = caller.post(f"{DOCTOR}/{path}", **content)
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["jobId"]
    caller.until(lambda: caller.get(f"/dashboard/v1/knowledge-base/jobs/{job_id}").json(), _has_ended)
    report: Json = caller.get(DOCTOR).json()
    return report


def _has_ended(job: Json) -> bool:
    return job["state"] not in {"queued", "running"}


def stall(runtime: Runtime, file_id: str) -> None:
    """As a crash between two releases might leave it: the file waits, and no job is about it."""
    with runtime.database.write() as session:
        session.execute(update(File).where(File.id == file_id).values(status=FileStatus.PENDING))


def findings_about(report: Json, subject: str) -> list[Json]:
    return [finding for finding in report["findings"] if finding["subject"] == subject]


class TestWhoMayAsk:
    def test_only_who_manages_the_whole_tenant(self, callers: Callers, dataset: Json) -> None:
        narrowed = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        agent = callers.with_key(role="admin", agent_role="writer")
        for caller in (callers.member, callers.reviewer, callers.reader, narrowed, agent):
            for answer in (
                caller.get(DOCTOR),
                caller.post(f"{DOCTOR}/examinations"),
                caller.post(f"{DOCTOR}/repairs", json={}),
            ):
                assert answer.status_code == 403
                assert error_of(answer)["code"] == "FORBIDDEN"


class TestAnExamination:
    def test_finds_what_is_wrong_and_mends_it_on_request(
        self, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        file = callers.admin.upload(dataset, "a.md", "# A\n\nSomething about apples.")
        callers.admin.settled(dataset, file["id"])
        stall(runtime, file["id"])
        report = examined(callers.admin)
        assert report["runningJobId"] is None
        [finding] = findings_about(report, file["id"])
        assert (finding["ailment"], finding["repairable"]) == ("stalled_build", True)
        assert "'a.md' waits for a build" in finding["message"]
        report = examined(callers.admin, "repairs", json={"findingIds": [finding["id"]]})
        assert [one["id"] for one in report["mended"]] == [finding["id"]]
        assert report["notMended"] == []
        assert findings_about(report, file["id"]) == []
        assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"

    def test_is_the_one_that_is_going_on_already(self, callers: Callers, runtime: Runtime) -> None:
        jobs = []
        with runtime.database.write() as session:
            jobs += [runtime.consulting.examine(session, callers.principal) for _ in range(2)]
        assert jobs[0] == jobs[1]
        runtime.worker.nudge()
        callers.admin.until(lambda: callers.admin.get(DOCTOR).json(), lambda report: report["runningJobId"] is None)

    def test_leaves_to_people_what_no_program_can_mend(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        now = runtime.clock.now()
        with runtime.database.write() as session:
            session.add(
                Job(
                    id="01DEAD00000000000000000000", kind="dataset.refresh", queue="none", key="dead",
                    subject=dataset["id"], payload={}, state=JobState.DEAD, error="out of luck", run_after=now,
                    created_at=now, tenant_id=callers.principal.tenant_id, dataset_id=dataset["id"],
                )
            )  # fmt: skip
        report = examined(callers.admin, "repairs", json={})
        [finding] = findings_about(report, dataset["id"])
        assert (finding["ailment"], finding["repairable"]) == ("dead_job", False)
        assert "out of luck" in finding["message"]
        callers.admin.delete("/dashboard/v1/knowledge-base/jobs/01DEAD00000000000000000000")
        assert findings_about(examined(callers.admin), dataset["id"]) == []

    def test_tells_nobody_of_another_tenant(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "secret.md", "# S\n\nNothing for strangers.")
        callers.admin.settled(dataset, file["id"])
        stall(runtime, file["id"])
        [finding] = findings_about(examined(callers.admin), file["id"])
        report = examined(callers.stranger)
        assert report["findings"] == []
        answer = callers.stranger.post(f"{DOCTOR}/repairs", json={"findingIds": [finding["id"]]})
        assert answer.status_code == 404
        assert examined(callers.stranger, "repairs", json={})["mended"] == []
        assert findings_about(examined(callers.admin), file["id"]) == [finding]
        assert findings_about(examined(callers.admin, "repairs", json={}), file["id"]) == []

    def test_refuses_findings_that_it_does_not_have(self, callers: Callers) -> None:
        answer = callers.admin.post(f"{DOCTOR}/repairs", json={"findingIds": ["0123456789abcdef"]})
        assert answer.status_code == 404
        assert "0123456789abcdef" in error_of(answer)["message"]
        assert callers.admin.post(f"{DOCTOR}/repairs", json={"findingIds": []}).status_code == 400
