"""/workspaces/{id}/schedules: as documented, for whom it is documented, over the one scheduler."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.office import move
from tests.api.dashboard.work.shapes import departures
from tests.api.workspaces.conftest import MakeSpace, Space
from tests.api.workspaces.shapes import HISTORY, PUBLISHED, SCHEDULE, SCHEDULE_LIST

Operation: TypeAlias = tuple[str, str, Json | None, int]
OPERATIONS: tuple[Operation, ...] = (
    ("GET", "", None, 200), ("POST", "", PUBLISHED, 201), ("PATCH", "/x", {"enabled": False}, 200),
    ("POST", "/x/run", None, 202), ("GET", "/x/history", None, 200), ("DELETE", "/x", None, 200),
)  # fmt: skip


def made(caller: Caller, space: Space, **fields: object) -> Json:
    answer = caller.post(f"{space.path}/schedules", json=PUBLISHED | fields)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    assert list(departures(found, SCHEDULE)) == []
    return found


def listed(space: Space) -> list[Json]:
    body: Json = space.token.get(f"{space.path}/schedules").json()
    assert list(departures(body, SCHEDULE_LIST)) == []
    found: list[Json] = body["schedules"]
    return found


def history(space: Space, schedule: Json) -> list[Json]:
    body: Json = space.token.get(f"{space.path}/schedules/{schedule['id']}/history").json()
    assert list(departures(body, HISTORY)) == []
    found: list[Json] = body["history"]
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
class TestEveryOperation:
    def test_is_for_tokens_of_the_workspace_and_its_managers(
        self, client: TestClient, callers: Callers, make_space: MakeSpace, operation: Operation
    ) -> None:
        method, path, body, status = operation
        space, other = make_space("support"), make_space("support")
        where = f"{space.path}/schedules{path.replace('x', made(space.token, space)['id'])}"
        assert client.request(method, where, json=body).status_code == 401
        narrowed = callers.with_key(role="admin", agent_role="support")
        for caller in (
            other.token,
            callers.stranger,
            callers.member,
            callers.reviewer,
            callers.agent("support"),
            narrowed,
        ):
            answer = caller.request(method, where, json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")
        assert space.token.request(method, where, json=body).status_code == status
        if method != "DELETE":
            assert callers.admin.request(method, where, json=body).status_code == status

    def test_reaches_no_schedule_of_another_workspace(
        self, callers: Callers, make_space: MakeSpace, operation: Operation
    ) -> None:
        method, path, body, _ = operation
        if "x" not in path:
            return
        space, other = make_space(), make_space()
        foreign = made(callers.admin, other)["id"]
        for caller, name in ((space.token, foreign), (callers.admin, foreign), (space.token, new_id())):
            answer = caller.request(method, f"{space.path}/schedules{path.replace('x', name)}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "SCHEDULE_NOT_FOUND")
            assert answer.json()["error"] == f"there is no schedule {name!r} in this workspace"
        assert [one["enabled"] for one in listed(other)] == [True]


class TestCreate:
    def test_shows_what_was_asked_for(self, space: Space) -> None:
        schedule = made(space.token, space)
        assert {name: schedule[name] for name in PUBLISHED} == PUBLISHED
        assert (schedule["source"], schedule["last_status"], schedule["workspace_id"]) == ("runtime", None, space.id)
        assert schedule["next_run_at"] is not None
        assert listed(space) == [schedule]

    def test_needs_an_expression_and_a_prompt_alone(self, space: Space) -> None:
        body = {"expression": "@daily", "prompt": "What is new?"}
        schedule = space.token.post(f"{space.path}/schedules", json=body).json()
        assert (schedule["timezone"], schedule["enabled"]) == ("UTC", True)
        assert made(space.token, space, enabled=False)["next_run_at"] is None

    @pytest.mark.parametrize(
        ("fields", "field", "named"),
        [
            ({"expression": "99 * * * *"}, "expression", "99 * * * *"),
            ({"expression": "* * * * * *"}, "expression", "* * * * * *"),
            ({"expression": "0 0 30 2 *"}, "expression", "0 0 30 2 *"),
            ({"timezone": "Mars/Olympus"}, "timezone", "Mars/Olympus"),
        ],
    )
    def test_names_what_never_comes(self, space: Space, fields: Json, field: str, named: str) -> None:
        path = f"{space.path}/schedules"
        answer = space.token.post(path, json=PUBLISHED | fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_SCHEDULE")
        assert [one["field"] for one in answer.json()["details"]] == [field]
        assert named in answer.json()["error"]
        changed = space.token.patch(f"{path}/{made(space.token, space)['id']}", json=fields)
        assert changed.json() | {"request_id": ""} == answer.json() | {"request_id": ""}

    @pytest.mark.parametrize(
        "fields",
        [
            {"expression": ""},
            {"prompt": " "},
            {"prompt": "x" * 20_001},
            {"enabled": 1},
            {"timezone": ""},
            {"source": "x"},
        ],
    )
    def test_refuses_what_is_not_whole(self, space: Space, fields: Json) -> None:
        answer = space.token.post(f"{space.path}/schedules", json=PUBLISHED | fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
        assert {one["field"] for one in answer.json()["details"]} == set(fields)


class TestUpdate:
    def test_changes_what_is_named(self, space: Space) -> None:
        schedule = made(space.token, space)
        path = f"{space.path}/schedules/{schedule['id']}"
        off = space.token.patch(path, json={"enabled": False, "prompt": "Else?"}).json()
        assert list(departures(off, SCHEDULE)) == []
        assert (off["enabled"], off["prompt"], off["next_run_at"]) == (False, "Else?", None)
        assert (off["expression"], off["timezone"]) == (schedule["expression"], schedule["timezone"])
        on = space.token.patch(path, json={"enabled": True, "expression": "5 4 * * *", "timezone": "Asia/Tokyo"}).json()
        assert (on["expression"], on["next_run_at"][11:16]) == ("5 4 * * *", "19:05")


class TestRun:
    def test_has_the_workspaces_agent_do_it(
        self, callers: Callers, make_space: MakeSpace, runtime: Runtime, kitchen: Json
    ) -> None:
        space = make_space("researcher")
        schedule = made(space.token, space, prompt="Who made the bread oven?", enabled=False)
        started = space.token.post(f"{space.path}/schedules/{schedule['id']}/run")
        assert (started.status_code, started.json()["schedule_id"]) == (202, schedule["id"])
        task = started.json()["task_id"]
        (run,) = callers.admin.until(lambda: {"runs": history(space, schedule)}, lambda seen: bool(seen["runs"]))[
            "runs"
        ]
        assert (run["status"], run["error_detail"], run["trigger"], run["task_id"]) == ("success", None, "manual", task)
        (seen,) = listed(space)
        assert (seen["last_status"], seen["last_task_id"], seen["last_run_at"]) == ("success", task, run["started_at"])
        output = space.token.get(f"/dashboard/v1/activities/{task}/output")
        assert "Ferrante" in output.json()["text"]

    def test_shows_in_the_history_why_it_failed(self, space: Space, runtime: Runtime) -> None:
        schedule = made(space.token, space)
        task = space.token.post(f"{space.path}/schedules/{schedule['id']}/run").json()["task_id"]
        assert history(space, schedule) == []
        move(runtime, task, TaskStatus.FAILED)
        assert [(one["status"], one["error_detail"]) for one in history(space, schedule)] == [("error", "it failed")]
        assert listed(space)[0]["last_status"] == "error"

    def test_is_refused_where_nothing_works(self, callers: Callers) -> None:
        workspace = callers.admin.post("/admin/workspaces", json={"name": "Empty"}).json()
        path = f"/workspaces/{workspace['id']}/schedules"
        schedule = callers.admin.post(path, json=PUBLISHED).json()
        answer = callers.admin.post(f"{path}/{schedule['id']}/run")
        assert (answer.status_code, answer.json()["code"]) == (422, "UNPROCESSABLE")
        assert "mint a token" in answer.json()["error"]

    def test_makes_tasks_that_tokens_of_other_workspaces_do_not_see(
        self, callers: Callers, make_space: MakeSpace
    ) -> None:
        """Also where their agents have the same role."""
        space, other = make_space("support"), make_space("support")
        schedule = made(space.token, space, prompt=f"Secret {new_id()}")
        task = space.token.post(f"{space.path}/schedules/{schedule['id']}/run").json()["task_id"]
        path = f"/dashboard/v1/activities/{task}"
        assert (space.token.get(path).status_code, other.token.get(path).status_code) == (200, 404)
        assert schedule["prompt"] not in other.token.get("/dashboard/v1/activities").text
        assert other.token.get(f"/api/v1/tasks/{task}").status_code == 404


class TestHistory:
    def test_comes_in_pages(self, space: Space, runtime: Runtime) -> None:
        schedule = made(space.token, space)
        path = f"{space.path}/schedules/{schedule['id']}"
        for _ in range(3):
            move(runtime, space.token.post(f"{path}/run").json()["task_id"], TaskStatus.FAILED)
        first = space.token.get(f"{path}/history", params={"limit": 2}).json()
        then = space.token.get(f"{path}/history", params={"limit": 2, "cursor": first["next_cursor"]}).json()
        assert [*first["history"], *then["history"]] == history(space, schedule)
        assert (len(then["history"]), then["next_cursor"]) == (1, None)
        assert space.token.get(f"{path}/history", params={"cursor": "bm9uc2Vuc2U"}).status_code == 400


class TestDelete:
    def test_ends_it_and_leaves_its_tasks(self, space: Space) -> None:
        schedule = made(space.token, space)
        path = f"{space.path}/schedules/{schedule['id']}"
        task = space.token.post(f"{path}/run").json()["task_id"]
        assert space.token.delete(path).json() == {"id": schedule["id"], "deleted": True}
        assert (space.token.delete(path).status_code, listed(space)) == (404, [])
        assert space.token.get(f"/dashboard/v1/activities/{task}").status_code == 200
