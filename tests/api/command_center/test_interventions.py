"""Pausing, resuming, closing and blocking tasks at the command center."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from tests.api.callers import Callers, Json
from tests.api.command_center.shapes import BLOCKER, TASK, TASKS
from tests.api.command_center.test_tasks import asked, seen
from tests.api.dashboard.work.shapes import ListOf, departures

BODIES: dict[str, Json | None] = {
    "pause": None, "resume": None, "resume-with-instructions": {"instructions": "Shorter."}, "close": None,
    "blockers": {"text": "Which year?"}, f"blockers/{'x' * 26}/resolve": {"answer": "1994"},
}  # fmt: skip


class TestEveryAction:
    @pytest.mark.parametrize("action", BODIES)
    def test_is_for_who_may_write_and_sees_the_task(self, client: TestClient, callers: Callers, action: str) -> None:
        task = asked(callers.admin)
        assert client.post(f"{TASKS}/{task}/{action}").status_code == 401
        for caller, name, status in (
            (callers.reviewer, task, 403), (callers.stranger, task, 404), (callers.admin, new_id(), 404),
        ):  # fmt: skip
            assert caller.post(f"{TASKS}/{name}/{action}", json=BODIES[action]).status_code == status
        assert seen(callers.admin, task)["status"] == "assigned"

    @pytest.mark.parametrize("action", ["pause", "resume", "close"])
    def test_is_for_administrators_and_who_made_the_task(self, callers: Callers, action: str) -> None:
        task = asked(callers.admin)
        assert callers.member.post(f"{TASKS}/{task}/{action}").status_code == 403
        assert callers.agent("adros_deployer").post(f"{TASKS}/{task}/{action}").status_code == 403


class TestPausing:
    def test_is_ended_with_or_without_instructions(self, callers: Callers) -> None:
        task = asked(callers.admin)
        for action in ("resume", "resume-with-instructions"):
            at = f"{TASKS}/{task}/{action}"
            assert callers.admin.post(at, json=BODIES[action]).status_code == 409, "it is not paused"
            paused = callers.admin.post(f"{TASKS}/{task}/pause")
            assert (paused.status_code, paused.json()["status"]) == (200, "paused")
            assert list(departures(paused.json(), TASK)) == []
            resumed = callers.admin.post(at, json=BODIES[action])
            assert (resumed.status_code, resumed.json()["status"]) == (200, "assigned")
            assert resumed.json()["wake_reason"] == "resumed"
        assert callers.admin.post(f"{TASKS}/{task}/resume-with-instructions", json={}).status_code == 400


class TestClosing:
    def test_is_for_good_and_keeps_the_history(self, callers: Callers) -> None:
        task = asked(callers.admin)
        callers.admin.post(f"{TASKS}/{task}/comments", json={"text": "Enough."})
        assert callers.admin.post(f"{TASKS}/{task}/close").json()["status"] == "closed"
        assert callers.admin.post(f"{TASKS}/{task}/close").status_code == 409
        assert [one["text"] for one in seen(callers.admin, task)["comments"]] == ["Enough."]
        assert len(callers.admin.get(f"{TASKS}/{task}/events").json()["events"]) > 3


class TestBlockers:
    def test_hold_a_task_until_all_are_resolved(self, callers: Callers) -> None:
        task = asked(callers.admin)
        at = f"{TASKS}/{task}/blockers"
        made = [callers.member.post(at, json={"text": text}).json() for text in ("Which year?", "Which oven?")]
        assert list(departures(made, ListOf(BLOCKER))) == []
        for blocker, status in zip(made, ("blocked", "assigned"), strict=True):
            assert seen(callers.reviewer, task)["status"] == "blocked"
            answer = callers.member.post(f"{at}/{blocker['id']}/resolve", json={"answer": "1994"})
            assert (answer.status_code, answer.json()["status"], answer.json()["answer"]) == (200, "resolved", "1994")
            assert callers.member.post(f"{at}/{blocker['id']}/resolve").status_code == 409
            assert seen(callers.reviewer, task)["status"] == status
        listed = callers.reviewer.get(at).json()
        assert list(departures(listed, {"blockers": ListOf(BLOCKER)})) == []
        assert [one["status"] for one in listed["blockers"]] == ["resolved", "resolved"]

    def test_are_resolved_by_people_and_at_their_task(self, callers: Callers) -> None:
        task, other = asked(callers.admin), asked(callers.admin)
        blocker = callers.admin.post(f"{TASKS}/{task}/blockers", json={"text": "Which year?"}).json()["id"]
        agent = callers.agent("adros_deployer")
        assert agent.post(f"{TASKS}/{task}/blockers/{blocker}/resolve").status_code == 403
        assert callers.admin.post(f"{TASKS}/{other}/blockers/{blocker}/resolve").status_code == 404

    def test_are_put_to_somebody_who_is_there(self, callers: Callers) -> None:
        at = f"{TASKS}/{asked(callers.admin)}/blockers"
        assert callers.admin.post(at, json={"text": "Which year?", "person_id": "nobody"}).status_code == 400
        person = callers.principal.user_id
        made = callers.admin.post(at, json={"text": "Which year?", "person_id": person}).json()
        assert made["person"]["id"] == person
