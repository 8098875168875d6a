"""Taking a hand in activities, and answering what they wait for: statuses, rights, effects."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.work.office import ACTIVITIES, asked, move
from tests.api.dashboard.work.shapes import ACTIVITY_SUMMARY, departures

BODIES = {"blockers": {"text": "Which year?"}}


def elsewhere(callers: Callers) -> str:
    """An activity that nobody here works on."""
    return asked(callers.admin, agentRole="adros_cmo")


class TestEveryOperation:
    OPERATIONS = (
        ("POST", "pause"), ("POST", "resume"), ("POST", "cancel"), ("GET", "blockers"), ("POST", "blockers"),
        ("POST", "blockers/b/resolve"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "what"), OPERATIONS)
    def test_is_for_keys_with_the_right(self, client: TestClient, callers: Callers, method: str, what: str) -> None:
        path, body = f"{ACTIVITIES}/{elsewhere(callers)}/{what}", BODIES.get(what)
        assert client.request(method, path).status_code == 401
        assert callers.searcher.request(method, path, json=body).status_code == 403
        if method == "POST":
            assert callers.reviewer.request(method, path, json=body).status_code == 403

    @pytest.mark.parametrize(("method", "what"), OPERATIONS)
    def test_is_about_what_is_there(self, callers: Callers, method: str, what: str) -> None:
        for caller, activity in ((callers.admin, new_id()), (callers.stranger, elsewhere(callers))):
            answer = caller.request(method, f"{ACTIVITIES}/{activity}/{what}", json=BODIES.get(what))
            assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestPauseAndResume:
    def test_show_in_the_activity(self, callers: Callers) -> None:
        path = f"{ACTIVITIES}/{elsewhere(callers)}"
        paused = callers.admin.post(f"{path}/pause")
        assert (paused.status_code, list(departures(paused.json(), ACTIVITY_SUMMARY))) == (200, [])
        assert paused.json()["status"] == "blocked"
        assert error_of(callers.admin.post(f"{path}/pause"))["code"] == "CONFLICT"

        resumed = callers.admin.post(f"{path}/resume", json={"instructions": "Shorter."})
        assert (resumed.status_code, set(resumed.json())) == (202, {"activityId", "runId"})
        body = callers.admin.get(path).json()
        assert (body["status"], body["wakeReason"]) == ("assigned", "resumed")
        assert callers.admin.post(f"{path}/resume").status_code == 409

    def test_are_for_administrators_and_for_who_made_it(self, callers: Callers) -> None:
        own = asked(callers.member, agentRole="adros_cmo")
        assert callers.member.post(f"{ACTIVITIES}/{own}/pause").status_code == 200
        assert callers.member.post(f"{ACTIVITIES}/{elsewhere(callers)}/pause").status_code == 403
        agent = callers.agent("adros_cmo")
        assert agent.post(f"{ACTIVITIES}/{elsewhere(callers)}/pause").status_code == 403

    @pytest.mark.parametrize("body", [{"instructions": " "}, {"instruction": "x"}, {"instructions": "\x00"}])
    def test_refuse_instructions_that_say_nothing(self, callers: Callers, body: Json) -> None:
        answer = callers.admin.post(f"{ACTIVITIES}/{elsewhere(callers)}/resume", json=body)
        assert error_of(answer)["code"] == "VALIDATION_ERROR"


class TestCancel:
    def test_shows_as_failed_and_is_not_tried_again(self, callers: Callers) -> None:
        path = f"{ACTIVITIES}/{elsewhere(callers)}"
        answer = callers.admin.post(f"{path}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "failed")
        assert callers.admin.post(f"{path}/retry").status_code == 422
        assert callers.admin.post(f"{path}/cancel").status_code == 409
        assert callers.admin.get(path).json()["runs"][0]["error"] == "cancelled"


class TestBlockers:
    def test_are_raised_listed_and_resolved(self, callers: Callers) -> None:
        activity = elsewhere(callers)
        path = f"{ACTIVITIES}/{activity}/blockers"
        made = callers.member.post(path, json={"text": "Which year?", "personId": callers.principal.user_id})
        assert (made.status_code, made.json()["status"]) == (201, "open")
        assert made.json()["person"]["id"] == callers.principal.user_id
        assert callers.reviewer.get(f"{ACTIVITIES}/{activity}").json()["status"] == "blocked"

        resolved = callers.member.post(f"{path}/{made.json()['id']}/resolve", json={"answer": "1994"})
        assert (resolved.status_code, resolved.json()["answer"]) == (200, "1994")
        assert callers.reviewer.get(path).json() == {"data": [resolved.json()]}
        assert callers.member.post(f"{path}/{made.json()['id']}/resolve").status_code == 409
        assert callers.admin.get(f"{ACTIVITIES}/{activity}").json()["wakeReason"] == "answered"

    def test_are_not_for_what_is_over(self, callers: Callers, runtime: Runtime) -> None:
        activity = elsewhere(callers)
        move(runtime, activity, TaskStatus.CANCELLED)
        answer = callers.admin.post(f"{ACTIVITIES}/{activity}/blockers", json={"text": "Which year?"})
        assert (answer.status_code, error_of(answer)["code"]) == (409, "CONFLICT")

    @pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "a", "personId": "nobody"}, {"text": "a", "x": 1}])
    def test_refuse_what_is_not_whole(self, callers: Callers, body: Json) -> None:
        answer = callers.admin.post(f"{ACTIVITIES}/{elsewhere(callers)}/blockers", json=body)
        assert error_of(answer)["code"] == "VALIDATION_ERROR"
