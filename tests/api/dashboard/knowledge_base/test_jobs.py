"""Jobs: seen by who may see the dataset, tried again, called off and dropped."""

from __future__ import annotations

from time import monotonic, sleep

from sqlalchemy import update

from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.types import JobState, NewJob
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of, path_of

JOBS = "/dashboard/v1/knowledge-base/jobs"
SLOW = "\n\n".join(f"# Heading {number}\n\n" + f"Sentence {number} says this. " * 40 for number in range(400))


def add_job(runtime: Runtime, callers: Callers, dataset: Json, *, state: JobState, kind: str = "made.up") -> str:
    job = NewJob(
        kind=kind,
        queue="nobody",
        key=f"{kind}:{new_id()}",
        subject=dataset["id"],
        payload={},
        tenant_id=callers.principal.tenant_id,
        dataset_id=dataset["id"],
    )
    with runtime.database.write() as session:
        job_id = runtime.queue.enqueue(session, job)
        session.execute(update(Job).where(Job.id == job_id).values(state=state))
    return job_id


def jobs_of(caller: Caller, dataset: Json, *states: str) -> list[Json]:
    answer = caller.get(JOBS, params={"datasetId": dataset["id"], "state": list(states)})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["data"]
    return found


class TestListing:
    def test_shows_the_work_on_a_dataset_newest_first_in_pages(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "a.md", "# Title\n\nA sentence to find.")
        callers.admin.settled(dataset, file["id"])

        first = callers.admin.get(JOBS, params={"datasetId": dataset["id"], "limit": 1}).json()
        rest = callers.admin.get(
            JOBS, params={"datasetId": dataset["id"], "cursor": first["pagination"]["nextCursor"]}
        ).json()

        assert [job["kind"] for job in (*first["data"], *rest["data"])] == ["file.embed", "file.parse"]
        assert {job["subjectName"] for job in rest["data"]} == {"a.md"}
        assert {job["state"] for job in rest["data"]} == {"done"}

    def test_keeps_to_the_states_that_are_asked_for(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        dead = add_job(runtime, callers, dataset, state=JobState.DEAD)
        add_job(runtime, callers, dataset, state=JobState.DONE)

        assert [job["id"] for job in jobs_of(callers.admin, dataset, "dead", "failed")] == [dead]

    def test_shows_an_agent_nothing_of_a_dataset_that_it_may_not_see(
        self, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DEAD)
        agent = callers.agent("writer")

        assert agent.get(f"{JOBS}/{job_id}").status_code == 404
        assert agent.get(JOBS, params={"datasetId": dataset["id"]}).status_code == 404
        assert job_id not in {job["id"] for job in agent.get(JOBS).json()["data"]}

    def test_shows_another_tenant_nothing(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DEAD)

        assert callers.stranger.get(f"{JOBS}/{job_id}").status_code == 404
        seen = callers.stranger.get(JOBS).json()["data"]
        assert job_id not in {job["id"] for job in seen}
        assert {job["datasetId"] for job in seen} <= {None}, "a stranger who has no dataset saw work on one"

    def test_refuses_a_cursor_that_it_did_not_give(self, callers: Callers) -> None:
        assert callers.admin.get(JOBS, params={"cursor": "bm90LWFuLWlk"}).status_code == 400


class TestRetrying:
    def test_is_for_those_who_may_write(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DEAD)
        assert callers.reviewer.post(f"{JOBS}/{job_id}/retry").status_code == 403

    def test_puts_a_dead_job_back_with_all_its_attempts(
        self, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DEAD)

        answer = callers.admin.post(f"{JOBS}/{job_id}/retry")

        assert answer.status_code == 202
        assert (answer.json()["id"], answer.json()["state"], answer.json()["attempt"]) == (job_id, "queued", 0)

    def test_builds_a_file_that_was_refused_anew(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "broken.json", "{")
        assert callers.admin.settled(dataset, file["id"])["status"] == "error"
        (failed,) = jobs_of(callers.admin, dataset, "failed")

        again = callers.admin.post(f"{JOBS}/{failed['id']}/retry").json()

        assert again["id"] != failed["id"]
        assert again["subjectId"] == file["id"]
        callers.admin.settled(dataset, file["id"])
        assert callers.admin.post(f"{path_of(dataset)}/jobs/retry").json() == {"jobs": 1}
        callers.admin.settled(dataset, file["id"])

    def test_is_not_for_jobs_that_are_done(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DONE)
        answer = callers.admin.post(f"{JOBS}/{job_id}/retry")
        assert (answer.status_code, error_of(answer)["code"]) == (409, "JOB_STATE_FORBIDS")


class TestCancelling:
    def test_stops_a_build_within_seconds_and_says_so_on_the_file(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "long.md", SLOW)
        deadline = monotonic() + 20
        while not (running := jobs_of(callers.admin, dataset, "running", "queued")):
            assert monotonic() < deadline
            sleep(0.01)

        cancelled = callers.admin.post(f"{JOBS}/{running[0]['id']}/cancel").json()

        assert cancelled["state"] == "cancelled"
        status = callers.admin.get(f"{path_of(dataset)}/files/{file['id']}").json()
        assert (status["status"], status["errorCode"]) == ("error", "CANCELLED")
        unfinished = {job["kind"] for job in jobs_of(callers.admin, dataset, "running", "queued")}
        assert unfinished <= {"file.sweep"}
        body = {"query": "Sentence 7 says this", "datasetIds": [dataset["id"]]}
        assert callers.admin.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"] == []

    def test_of_a_reindex_leaves_what_served_before(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "a.md", "# Title\n\nA sentence to find.")
        callers.admin.settled(dataset, file["id"])
        callers.admin.post(f"{path_of(dataset)}/re-index")

        stopped = callers.admin.post(f"{path_of(dataset)}/jobs/cancel")

        assert stopped.status_code == 200
        assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"
        body = {"query": "sentence to find", "datasetIds": [dataset["id"]]}
        assert callers.admin.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"]

    def test_is_refused_for_what_removes_leftovers(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.QUEUED, kind="dataset.remove")
        answer = callers.admin.post(f"{JOBS}/{job_id}/cancel")
        assert (answer.status_code, error_of(answer)["code"]) == (409, "JOB_CANNOT_BE_CANCELLED")


class TestDropping:
    def test_forgets_a_dead_job(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.DEAD)

        assert callers.admin.delete(f"{JOBS}/{job_id}").json() == {"deleted": True}
        assert callers.admin.get(f"{JOBS}/{job_id}").status_code == 404

    def test_is_not_for_jobs_that_may_still_run(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        job_id = add_job(runtime, callers, dataset, state=JobState.QUEUED)
        assert callers.admin.delete(f"{JOBS}/{job_id}").status_code == 409
