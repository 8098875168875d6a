"""The task queue at the platform: shapes, statuses, rights, effects."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.shapes import MOMENT, Nullable, departures
from tests.api.platform.conftest import error_of

QUEUE = "/api/task-queue"
JOB: dict[str, Any] = {
    "id": str, "task_type": str, "queue_name": str, "payload": dict, "priority": int, "tenant_id": Nullable(int),
    "idempotency_key": Nullable(str), "status": {"queued", "running", "completed", "failed"}, "attempt": int,
    "max_attempts": int, "timeout_seconds": int, "worker_id": Nullable(str), "lease_expires_at": Nullable(MOMENT),
    "result": Nullable(dict), "error": Nullable(str), "created_at": MOMENT, "started_at": Nullable(MOMENT),
    "finished_at": Nullable(MOMENT),
}  # fmt: skip
HOLD = {"worker_id": "w", "attempt": 1}
BODIES: dict[str, Json] = {
    "submit": {"task_type": "resize"}, "claim": {"worker_id": "w"}, "x/heartbeat": HOLD, "x/complete": HOLD,
    "x/fail": HOLD | {"error": "no disk"},
}  # fmt: skip


def asked(caller: Caller, rest: str, body: Json, status: int = 200) -> Any:
    answer = caller.post(f"{QUEUE}/{rest}", json=body)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"data"}
    return answer.json()["data"]


@pytest.fixture
def queue() -> str:
    return f"queue {uuid4()}"


class TestEveryOperation:
    @pytest.mark.parametrize("rest", BODIES)
    def test_is_for_keys_that_may_write_and_are_narrowed_in_nothing(
        self, client: TestClient, callers: Callers, dataset: Json, rest: str
    ) -> None:
        body = BODIES[rest]
        assert client.post(f"{QUEUE}/{rest}", json=body).status_code == 401
        held = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        for caller in (callers.reviewer, callers.searcher, callers.agent("researcher"), held):
            answer = caller.post(f"{QUEUE}/{rest}", json=body)
            assert (answer.status_code, error_of(answer)["code"]) == (403, "FORBIDDEN")

    @pytest.mark.parametrize(
        ("rest", "fields", "field"),
        [
            ("submit", {"task_type": None}, "task_type"), ("submit", {"task_type": " "}, "task_type"),
            ("submit", {"payload": []}, "payload"), ("submit", {"payload": {"a": "x" * 70_000}}, "payload"),
            ("submit", {"priority": "1"}, "priority"), ("submit", {"max_attempts": 0}, "max_attempts"),
            ("submit", {"timeout_seconds": 0}, "timeout_seconds"), ("submit", {"tenant_id": -1}, "tenant_id"),
            ("submit", {"idempotency_key": ""}, "idempotency_key"), ("claim", {"worker_id": None}, "worker_id"),
            ("claim", {"batch_size": 0}, "batch_size"), ("claim", {"batch_size": 101}, "batch_size"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_whole(self, callers: Callers, rest: str, fields: Json, field: str) -> None:
        answer = callers.admin.post(f"{QUEUE}/{rest}", json=BODIES[rest] | fields)
        assert (answer.status_code, [one["field"] for one in error_of(answer)["details"]]) == (400, [field])

    @pytest.mark.parametrize(("rest", "field"), [("submit", "task_type"), ("claim", "worker_id")])
    def test_names_what_is_missing(self, callers: Callers, rest: str, field: str) -> None:
        answer = callers.admin.post(f"{QUEUE}/{rest}", json={})
        assert (answer.status_code, [one["field"] for one in error_of(answer)["details"]]) == (400, [field])

    def test_is_about_what_is_there_for_the_caller(self, callers: Callers, queue: str) -> None:
        job = asked(callers.admin, "submit", {"task_type": "resize", "queue_name": queue}, 201)
        assert asked(callers.stranger, "claim", {"worker_id": "w", "queue_name": queue}) is None
        asked(callers.admin, "claim", {"worker_id": "w", "queue_name": queue})
        for rest in ("heartbeat", "complete", "fail"):
            answer = callers.stranger.post(f"{QUEUE}/{job['id']}/{rest}", json=BODIES[f"x/{rest}"])
            assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")
        assert callers.stranger.get(f"{QUEUE}/{job['id']}").status_code == 404


class TestAJob:
    def test_is_submitted_claimed_and_completed(self, callers: Callers, queue: str) -> None:
        body = {
            "task_type": "resize", "payload": {"id": 5, "deep": [{"a": None}]}, "queue_name": queue, "priority": 3,
            "tenant_id": 7, "max_attempts": 2, "timeout_seconds": 60, "idempotency_key": queue,
        }  # fmt: skip
        job = asked(callers.member, "submit", body, 201)
        assert list(departures(job, JOB)) == []
        assert {name: job[name] for name in body} == body
        assert asked(callers.member, "submit", body, 201)["id"] == job["id"]
        claimed = asked(callers.member, "claim", {"worker_id": "w", "queue_name": queue})
        assert list(departures(claimed, JOB)) == []
        assert (claimed["id"], claimed["status"], claimed["worker_id"], claimed["attempt"]) == (
            job["id"], "running", "w", 1
        )  # fmt: skip
        assert asked(callers.member, "claim", {"worker_id": "v", "queue_name": queue}) is None
        asked(callers.member, f"{job['id']}/heartbeat", HOLD)
        wrong = callers.member.post(f"{QUEUE}/{job['id']}/complete", json=HOLD | {"worker_id": "v"})
        assert (wrong.status_code, error_of(wrong)["code"]) == (409, "CONFLICT")
        done = asked(callers.member, f"{job['id']}/complete", HOLD | {"result": {"width": 9}})
        assert (done["status"], done["result"]) == ("completed", {"width": 9})
        assert callers.reviewer.get(f"{QUEUE}/{job['id']}").json()["data"] == done

    def test_comes_in_a_list_where_several_are_asked_for(self, callers: Callers, queue: str) -> None:
        for _ in range(3):
            asked(callers.member, "submit", {"task_type": "resize", "queue_name": queue}, 201)
        claim = {"worker_id": "w", "queue_name": queue, "batch_size": 2}
        assert [len(asked(callers.member, "claim", claim)) for _ in range(2)] == [2, 1]
        assert asked(callers.member, "claim", claim) is None

    def test_fails_and_is_tried_again(self, callers: Callers, queue: str) -> None:
        job = asked(callers.member, "submit", {"task_type": "resize", "queue_name": queue}, 201)
        asked(callers.member, "claim", {"worker_id": "w", "queue_name": queue})
        failed = asked(callers.member, f"{job['id']}/fail", HOLD | {"error": "no disk"})
        assert (failed["status"], failed["error"], failed["worker_id"]) == ("queued", "no disk", None)

    def test_fails_for_good_where_its_worker_says_so(self, callers: Callers, queue: str) -> None:
        job = asked(callers.member, "submit", {"task_type": "resize", "queue_name": queue}, 201)
        asked(callers.member, "claim", {"worker_id": "w", "queue_name": queue})
        failed = asked(callers.member, f"{job['id']}/fail", HOLD | {"error": "bad picture", "retry": False})
        assert failed["status"] == "failed"
