"""Tasks at the public API: the same ones, in its words; changing them, and calling them off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from identity.types import Scope
from orchestration.runtime import Runtime
from orchestration.tasks.models import Task
from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.office import asked
from tests.api.dashboard.work.shapes import MOMENT, ListOf, Nullable, departures
from tests.api.platform.conftest import error_of
from tests.api.platform.task_shapes import META, seen

PUBLIC = "/api/v1/public/tasks"
ELSEWHERE = "adros_deployer"  # an agent that nothing here runs, so that nothing happens to its tasks by itself

STATUS = {"todo", "in_progress", "review", "done", "blocked", "cancelled"}
TASK: dict[str, Any] = {
    "id": int, "title": str, "description": str,
    "type": {"feature", "bug", "research", "ops", "infra", "content", "other"},
    "priority": {"low", "medium", "high", "critical"}, "status": STATUS, "assigned_to": Nullable(str),
    "product_id": int, "resolution": Nullable(str), "max_duration_seconds": Nullable(int), "created_at": MOMENT,
    "updated_at": MOMENT, "started_at": Nullable(MOMENT), "completed_at": Nullable(MOMENT),
}  # fmt: skip
OPERATIONS = (
    ("GET", PUBLIC, Scope.READ), ("POST", PUBLIC, Scope.WRITE), ("GET", f"{PUBLIC}/1", Scope.READ),
    ("PATCH", f"{PUBLIC}/1", Scope.WRITE), ("DELETE", f"{PUBLIC}/1", Scope.WRITE),
)  # fmt: skip


def made(caller: Caller, **fields: object) -> Json:
    answer = caller.post(PUBLIC, json={"title": f"Fix {uuid4()}"} | fields)
    assert answer.status_code == 201, answer.text
    return _whole(answer.json())


def patched(caller: Caller, number: int, **fields: object) -> Json:
    answer = caller.patch(f"{PUBLIC}/{number}", json=fields)
    assert answer.status_code == 200, answer.text
    return _whole(answer.json())


def _whole(body: Json) -> Json:
    assert list(departures(body, {"data": TASK})) == []
    data: Json = body["data"]
    return data


class TestEveryOperation:
    @pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
    def test_is_for_keys_with_its_scope(
        self, client: TestClient, callers: Callers, method: str, path: str, scope: Scope
    ) -> None:
        made(callers.admin)
        body = {"title": "Fix"} if method in {"POST", "PATCH"} else None
        without = callers.with_key(role="admin", scopes=[one.value for one in Scope if one is not scope])
        anonymous, refused = client.request(method, path, json=body), without.request(method, path, json=body)
        assert (anonymous.status_code, error_of(anonymous)["code"]) == (401, "UNAUTHENTICATED")
        assert (refused.status_code, error_of(refused)["code"]) == (403, "FORBIDDEN")
        assert scope.value in error_of(refused)["message"]

    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    def test_is_about_what_is_there_for_the_caller(
        self, callers: Callers, dataset: Json, runtime: Runtime, method: str
    ) -> None:
        activity = asked(callers.admin, datasetId=dataset["id"], agentRole=ELSEWHERE)
        with runtime.database.read() as session:
            number = session.get_one(Task, activity).number
        away = callers.with_key(role="admin", dataset_ids=["01K00000000000000000000000"])
        another = callers.with_key(role="admin", agent_role="adros_cmo")
        body = {"title": "Theirs"} if method == "PATCH" else None
        for caller, at in ((callers.admin, 2**31 - 1), (callers.stranger, number), (away, number), (another, number)):
            answer = caller.request(method, f"{PUBLIC}/{at}", json=body)
            assert (answer.status_code, error_of(answer)["message"]) == (404, f"there is no task '{at}'")

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"title": " "}, "title"), ({"status": "archived"}, "status"), ({"priority": "P0"}, "priority"),
            ({"type": "chore"}, "type"), ({"assigned_to": "nobody at all"}, "assigned_to"),
            ({"product_id": 2**31 - 1}, "product_id"), ({"product_id": "1"}, "product_id"),
            ({"max_duration_seconds": 0}, "max_duration_seconds"), ({"assignee": "me"}, "assignee"),
        ],
    )  # fmt: skip
    def test_refuses_what_it_does_not_know(self, callers: Callers, fields: Json, field: str) -> None:
        number = made(callers.admin)["id"]
        create = callers.admin.post(PUBLIC, json={"title": "Fix"} | fields)
        for answer in (create, callers.admin.patch(f"{PUBLIC}/{number}", json=fields)):
            details = error_of(answer)["details"]
            assert (answer.status_code, [detail["field"] for detail in details]) == (400, [field])


class TestMakingAndFinding:
    def test_is_the_same_task_as_inside(self, callers: Callers) -> None:
        body = {"description": "It loops.", "type": "bug", "priority": "critical", "assigned_to": ELSEWHERE,
                "max_duration_seconds": 60}  # fmt: skip
        task = made(callers.member, **body)
        assert {name: task[name] for name in body} == body
        inside = seen(callers.admin, task["id"])
        assert (inside["title"], inside["priority"], inside["assignee"]) == (task["title"], "P0", ELSEWHERE)
        assert (inside["category"], inside["status"]) == ("bug", "todo")

    @pytest.mark.parametrize("status", sorted(STATUS))
    def test_puts_it_where_it_is_said_to_be(self, callers: Callers, status: str) -> None:
        assert made(callers.admin, status=status)["status"] == status

    def test_finds_by_each_filter(self, callers: Callers) -> None:
        project = callers.admin.post("/api/v1/projects", json={"name": f"Oven {uuid4()}"}).json()
        product = made(callers.admin)["product_id"]
        number = made(callers.admin, assigned_to=ELSEWHERE, priority="high", status="review")["id"]
        inside = {"title": f"Fix {uuid4()}", "product_slug": project["slug"]}
        other = callers.admin.post("/api/tasks", json=inside).json()["data"]["id"]
        of_other = callers.admin.get(f"{PUBLIC}/{other}").json()["data"]["product_id"]
        for query, expected in (
            ({"status": "review"}, {number}), ({"status": "todo"}, {other}), ({"priority": "high"}, {number}),
            ({"assigned_to": ELSEWHERE}, {number}), ({"assigned_to": "me"}, set()), ({"product_id": of_other}, {other}),
            ({"product_id": product}, {number}), ({"product_id": 2**31 - 1}, set()),
        ):  # fmt: skip
            answer = callers.admin.get(PUBLIC, params=query | {"limit": 200})
            assert answer.status_code == 200, answer.text
            assert list(departures(answer.json(), {"data": ListOf(TASK), "meta": META})) == []
            assert {one["id"] for one in answer.json()["data"]} & {number, other} == expected, query
        page = callers.admin.get(PUBLIC, params={"limit": 1, "offset": 1}).json()
        assert ([one["id"] for one in page["data"]], page["meta"]["offset"]) == ([number], 1)


class TestChanging:
    def test_changes_what_is_given_and_nothing_else(self, callers: Callers) -> None:
        before = made(callers.admin, description="It loops.", type="bug")
        change = {"title": "Fix logout", "priority": "low", "resolution": "Cleared.", "max_duration_seconds": 9}
        after = patched(callers.admin, before["id"], **change)
        kept = set(before) - set(change) - {"updated_at"}
        assert {name: after[name] for name in change} == change
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        assert patched(callers.admin, before["id"])["title"] == "Fix logout"

    def test_asks_the_agent_what_is_said_last(self, callers: Callers, runtime: Runtime) -> None:
        number = made(callers.admin, assigned_to=ELSEWHERE)["id"]
        patched(callers.admin, number, description="Which oven?")
        with runtime.database.read() as session:
            task_id = runtime.teamwork.numbered.id_of(session, callers.principal, number)
            assert session.get_one(Task, task_id).prompt == "Which oven?"

    def test_goes_from_state_to_state(self, callers: Callers) -> None:
        agent = callers.agent(ELSEWHERE)
        number = made(callers.admin, assigned_to=ELSEWHERE)["id"]
        for caller, status in (
            (agent, "in_progress"), (agent, "in_progress"), (agent, "blocked"), (callers.admin, "todo"),
            (agent, "review"), (callers.admin, "in_progress"), (agent, "todo"), (agent, "done"),
        ):  # fmt: skip
            assert patched(caller, number, status=status)["status"] == status, status
        task = callers.admin.get(f"{PUBLIC}/{number}").json()["data"]
        assert task["started_at"] is not None
        assert task["completed_at"] is not None

    def test_is_not_begun_by_an_agent_that_was_stopped(self, callers: Callers) -> None:
        agent = callers.agent("adros_cmo")
        number = made(callers.admin, assigned_to="adros_cmo")["id"]
        assert callers.admin.post("/api/agents/adros_cmo/stop").status_code == 200
        for answer in (
            agent.patch(f"{PUBLIC}/{number}", json={"status": "in_progress"}),
            agent.post(PUBLIC, json={"title": f"Mine {uuid4()}", "assigned_to": "me", "status": "in_progress"}),
        ):
            assert (answer.status_code, error_of(answer)["code"]) == (409, "AGENT_STOPPED")
        assert callers.admin.post("/api/agents/adros_cmo/start").status_code == 200
        assert patched(agent, number, status="in_progress")["status"] == "in_progress"

    @pytest.mark.parametrize("end", ["done", "cancelled"])
    def test_leaves_what_is_over(self, callers: Callers, end: str) -> None:
        number = made(callers.admin, status=end)["id"]
        for status in STATUS - {end}:
            answer = callers.admin.patch(f"{PUBLIC}/{number}", json={"status": status})
            assert answer.status_code == 409, answer.text
            message = error_of(answer)["message"]
            assert message == f"task {number} is {end} and cannot become {status}"

    def test_changes_all_or_nothing(self, callers: Callers) -> None:
        task = made(callers.admin, status="done")
        answer = callers.admin.patch(f"{PUBLIC}/{task['id']}", json={"title": "Other", "status": "todo"})
        assert answer.status_code == 409
        assert callers.admin.get(f"{PUBLIC}/{task['id']}").json()["data"]["title"] == task["title"]

    def test_does_not_say_how_far_an_agent_is_that_is_run_here(self, callers: Callers) -> None:
        number = made(callers.admin, assigned_to="researcher")["id"]
        for status in ("in_progress", "review"):
            before = callers.admin.get(f"{PUBLIC}/{number}").json()["data"]["status"]
            answer = callers.admin.patch(f"{PUBLIC}/{number}", json={"status": status})
            if answer.status_code == 200:  # the agent is just there, or was when it was looked at
                after = callers.admin.get(f"{PUBLIC}/{number}").json()["data"]["status"]
                assert status in {before, answer.json()["data"]["status"], after}
                continue
            assert answer.status_code == 409
            assert str(number) in error_of(answer)["message"]

    def test_is_for_administrators_makers_and_assignees(self, callers: Callers) -> None:
        task = made(callers.admin, assigned_to=ELSEWHERE)
        for caller in (callers.member, callers.reviewer):
            assert caller.patch(f"{PUBLIC}/{task['id']}", json={"title": "Mine"}).status_code == 403
            assert caller.patch(f"{PUBLIC}/{task['id']}", json={"status": "cancelled"}).status_code == 403
        agent = callers.agent(ELSEWHERE)
        assert patched(agent, task["id"], resolution="Done so.")["resolution"] == "Done so."
        assert agent.patch(f"{PUBLIC}/{task['id']}", json={"status": "cancelled"}).status_code == 403
        own = made(callers.member)
        assert patched(callers.member, own["id"], status="cancelled")["status"] == "cancelled"

    def test_is_given_to_somebody_else(self, callers: Callers) -> None:
        number = made(callers.admin, assigned_to=ELSEWHERE, status="in_progress")["id"]
        assert patched(callers.admin, number, assigned_to="adros_cd")["status"] == "todo"
        assert callers.agent(ELSEWHERE).get(f"{PUBLIC}/{number}").status_code == 404
        agent = callers.agent("adros_cd")
        assert agent.get(f"{PUBLIC}/{number}").json()["data"]["assigned_to"] == "adros_cd"
        refused = agent.patch(f"{PUBLIC}/{number}", json={"assigned_to": ELSEWHERE})
        assert refused.status_code == 400  # agents give work to themselves alone
        patched(callers.admin, number, status="blocked")
        assert callers.admin.patch(f"{PUBLIC}/{number}", json={"assigned_to": ELSEWHERE}).status_code == 409

    def test_leaves_review_and_what_people_halted_to_people(self, callers: Callers) -> None:
        agent = callers.agent(ELSEWHERE)
        number = made(callers.admin, assigned_to=ELSEWHERE, status="review")["id"]
        assert agent.patch(f"{PUBLIC}/{number}", json={"status": "done"}).status_code == 403
        patched(callers.admin, number, status="todo")
        patched(callers.admin, number, status="blocked")
        assert agent.patch(f"{PUBLIC}/{number}", json={"status": "todo"}).status_code == 403
        patched(callers.admin, number, status="review")
        assert patched(callers.admin, number, status="done")["status"] == "done"


class TestArchiving:
    def test_calls_off_and_keeps(self, callers: Callers) -> None:
        number = made(callers.member)["id"]
        for _ in range(2):
            answer = callers.member.delete(f"{PUBLIC}/{number}")
            assert answer.status_code == 200, answer.text
            assert answer.json()["data"] == {"success": True, "id": number, "status": "cancelled"}
        assert callers.admin.get(f"{PUBLIC}/{number}").json()["data"]["status"] == "cancelled"
        assert seen(callers.admin, number)["status"] == "archived"

    def test_is_for_administrators_and_makers(self, callers: Callers) -> None:
        number = made(callers.admin, assigned_to=ELSEWHERE)["id"]
        for caller in (callers.member, callers.reviewer, callers.agent(ELSEWHERE)):
            assert caller.delete(f"{PUBLIC}/{number}").status_code == 403

    def test_is_not_for_what_is_done(self, callers: Callers) -> None:
        number = made(callers.admin, status="done")["id"]
        answer = callers.admin.delete(f"{PUBLIC}/{number}")
        assert answer.status_code == 409
        assert error_of(answer)["message"] == f"task {number} is done and cannot become cancelled"
