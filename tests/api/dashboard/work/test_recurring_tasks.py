"""Recurring tasks as the dashboard documents them, and beyond: made, changed, run, deleted."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of
from tests.api.dashboard.work.office import ACTIVITIES, settled
from tests.api.dashboard.work.shapes import RECURRING, ListOf, departures

RECURRING_TASKS = "/dashboard/v1/recurring-tasks"
WEEKLY = {
    "name": "Weekly briefing", "inputPrompt": "Who made the {{thing}}?", "agentRole": "researcher",
    "periodicity": "weekly", "variables": [{"key": "thing", "label": "Thing", "required": True}],
}  # fmt: skip


def made(caller: Caller, **fields: object) -> Json:
    answer = caller.post(RECURRING_TASKS, json=WEEKLY | fields)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    assert list(departures(found, RECURRING)) == []
    return found


class TestEveryOperation:
    OPERATIONS: tuple[tuple[str, str, Json | None], ...] = (
        ("GET", RECURRING_TASKS, None), ("POST", RECURRING_TASKS, WEEKLY), ("PATCH", f"{RECURRING_TASKS}/x", {}),
        ("POST", f"{RECURRING_TASKS}/x/run", None), ("DELETE", f"{RECURRING_TASKS}/x", None),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
    def test_is_for_keys_that_may(
        self, client: TestClient, callers: Callers, method: str, path: str, body: Json
    ) -> None:
        assert client.request(method, path, json=body).status_code == 401
        assert callers.searcher.request(method, path, json=body).status_code == 403
        if method != "GET":
            assert callers.reviewer.request(method, path, json=body).status_code == 403

    @pytest.mark.parametrize(("method", "path", "body"), OPERATIONS[2:])
    def test_is_about_what_is_there(self, callers: Callers, method: str, path: str, body: Json) -> None:
        known = path.replace("/x", f"/{made(callers.admin)['id']}")
        for caller, where in ((callers.admin, path.replace("/x", f"/{new_id()}")), (callers.stranger, known)):
            assert caller.request(method, where, json=body).status_code == 404


class TestCreate:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"periodicity": "cron"}, "INVALID_SCHEDULE"),
            ({"periodicity": "cron", "trigger": "99 * * * *"}, "INVALID_SCHEDULE"),
            ({"timeZone": "Mars"}, "INVALID_SCHEDULE"),
            ({"inputPrompt": "{{other}}?"}, "VALIDATION_ERROR"),
            ({"variableValues": {"other": "x"}}, "VALIDATION_ERROR"),
            ({"variableValues": {"thing": 3}}, "VALIDATION_ERROR"),
            ({"agentRole": "nobody"}, "VALIDATION_ERROR"),
            ({"assigneeId": "somebody"}, "VALIDATION_ERROR"),
        ],
    )
    def test_refuses_what_is_not_whole(self, callers: Callers, fields: Json, code: str) -> None:
        answer = callers.admin.post(RECURRING_TASKS, json=WEEKLY | fields)
        assert (answer.status_code, error_of(answer)["code"]) == (400, code)

    def test_is_for_administrators(self, callers: Callers) -> None:
        assert callers.member.post(RECURRING_TASKS, json=WEEKLY).status_code == 403

    def test_says_when_it_comes(self, callers: Callers) -> None:
        view = made(callers.admin, periodicity="cron", trigger="0 8 * * 1", timeZone="Europe/Berlin")
        assert (view["trigger"], view["isActive"], view["lastRunAt"]) == ("0 8 * * 1", True, None)
        assert view["nextRunAt"] is not None
        by_hand = made(callers.admin, periodicity="manual")
        assert (by_hand["trigger"], by_hand["nextRunAt"]) == ("manual", None)


class TestList:
    def test_has_the_published_shape_and_nothing_of_others(self, callers: Callers, kitchen: Json) -> None:
        plain, about = made(callers.admin)["id"], made(callers.admin, datasetId=kitchen["id"])["id"]
        body = callers.reviewer.get(RECURRING_TASKS).json()
        assert list(departures(body, {"data": ListOf(RECURRING)})) == []
        narrowed = callers.with_key(role="admin", dataset_ids=[kitchen["id"]])
        assert narrowed.post(RECURRING_TASKS, json=WEEKLY).status_code == 403
        for caller, expected in (
            (callers.stranger, set()), (callers.agent("writer"), set()), (narrowed, {about}),
            (callers.agent("researcher"), {plain, about}), (callers.member, {plain, about}),
        ):  # fmt: skip
            found = {one["id"] for one in caller.get(RECURRING_TASKS).json()["data"]}
            assert found & {plain, about} == expected

    def test_has_nothing_about_a_dataset_that_went(self, callers: Callers, runtime: Runtime) -> None:
        dataset = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": new_id()}).json()
        recurring = made(callers.admin, datasetId=dataset["id"])["id"]
        callers.admin.delete(f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}")
        assert callers.admin.post(f"{RECURRING_TASKS}/{recurring}/run").status_code == 404


class TestUpdate:
    def test_switches_and_sets_values(self, callers: Callers) -> None:
        recurring = made(callers.admin)["id"]
        path = f"{RECURRING_TASKS}/{recurring}"
        off = callers.member.patch(path, json={"isActive": False, "variableValues": {"thing": "bread oven"}}).json()
        assert list(departures(off, RECURRING)) == []
        assert (off["isActive"], off["nextRunAt"], off["variableValues"]) == (False, None, {"thing": "bread oven"})
        on = callers.member.patch(path, json={"isActive": True}).json()
        assert (on["isActive"], on["nextRunAt"] is not None) == (True, True)

    @pytest.mark.parametrize("body", [{"isActive": 1}, {"variableValues": {"other": "x"}}, {"name": "x"}])
    def test_refuses_what_is_not_to_be_changed(self, callers: Callers, body: Json) -> None:
        answer = callers.admin.patch(f"{RECURRING_TASKS}/{made(callers.admin)['id']}", json=body)
        assert error_of(answer)["code"] == "VALIDATION_ERROR"


class TestRun:
    def test_needs_its_values(self, callers: Callers) -> None:
        answer = callers.member.post(f"{RECURRING_TASKS}/{made(callers.admin)['id']}/run")
        assert (answer.status_code, error_of(answer)["code"]) == (422, "UNPROCESSABLE")
        assert "thing" in error_of(answer)["message"]

    def test_has_it_done_with_them(self, callers: Callers, kitchen: Json) -> None:
        values = {"thing": "bread oven"}
        recurring = made(callers.admin, datasetId=kitchen["id"], variableValues=values, periodicity="manual")["id"]
        answer = callers.member.post(f"{RECURRING_TASKS}/{recurring}/run")
        assert (answer.status_code, set(answer.json())) == (202, {"activityId"})
        activity = answer.json()["activityId"]
        body = settled(callers.member, activity)
        assert (body["inputPrompt"], body["status"]) == ("Who made the bread oven?", "done")
        assert "Ferrante" in callers.member.get(f"{ACTIVITIES}/{activity}/output").json()["text"]
        (view,) = [one for one in callers.member.get(RECURRING_TASKS).json()["data"] if one["id"] == recurring]
        assert (view["lastActivityId"], view["lastRunAt"] is not None) == (activity, True)


class TestDelete:
    def test_is_for_administrators_and_ends_it(self, callers: Callers) -> None:
        path = f"{RECURRING_TASKS}/{made(callers.admin)['id']}"
        assert callers.member.delete(path).status_code == 403
        assert callers.admin.delete(path).status_code == 204
        assert callers.admin.delete(path).status_code == 404
