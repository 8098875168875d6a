"""Projects, tasks, comments and decisions at the command center: shapes, statuses, rights, effects."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from tests.api.callers import Caller, Callers, Json
from tests.api.command_center.shapes import (
    ASKED,
    BASE,
    EVENT,
    PENDING,
    PROJECT,
    PROJECTS,
    TASK,
    TASK_DETAIL,
    TASK_LIST,
    TASKS,
)
from tests.api.dashboard.work.conftest import Ask
from tests.api.dashboard.work.shapes import ListOf, Nullable, departures

OPERATIONS = (
    ("GET", PROJECTS), ("POST", PROJECTS), ("GET", TASKS), ("POST", TASKS), ("GET", f"{BASE}/approvals/pending"),
    ("GET", f"{PROJECTS}/x/tasks"), ("GET", f"{TASKS}/x"), ("GET", f"{TASKS}/x/events"), ("POST", f"{TASKS}/x/approve"),
    ("POST", f"{TASKS}/x/reject"), ("POST", f"{TASKS}/x/comments"),
)  # fmt: skip
BODIES: dict[str, Json] = {
    PROJECTS: {"name": "Spring"}, TASKS: ASKED, "reject": {"feedback": "More."}, "comments": {"text": "Look."},
}  # fmt: skip


def body_for(method: str, path: str) -> Json | None:
    return BODIES.get(path) or BODIES.get(path.rsplit("/", 1)[-1]) if method == "POST" else None


def asked(caller: Caller, **fields: object) -> str:
    answer = caller.post(TASKS, json=ASKED | fields)
    assert answer.status_code == 201, answer.text
    assert list(departures(answer.json(), TASK)) == []
    return str(answer.json()["id"])


def seen(caller: Caller, task: str) -> Json:
    body: Json = caller.get(f"{TASKS}/{task}").json()
    assert list(departures(body, TASK_DETAIL)) == []
    return body


class TestEveryOperation:
    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_in_the_surfaces_own_envelope(self, client: TestClient, method: str, path: str) -> None:
        answer = client.request(method, path)
        assert (answer.status_code, set(answer.json())) == (401, {"detail", "code", "errors", "request_id"})

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_not_for_keys_that_may_only_search(self, callers: Callers, method: str, path: str) -> None:
        assert callers.searcher.request(method, path, json=body_for(method, path)).status_code == 403

    @pytest.mark.parametrize(("method", "path"), OPERATIONS[5:])
    def test_is_about_what_is_there(self, callers: Callers, method: str, path: str) -> None:
        task = asked(callers.admin)
        known = seen(callers.admin, task)["project_id"] if path.startswith(PROJECTS) else task
        for caller, name in ((callers.admin, new_id()), (callers.stranger, known)):
            answer = caller.request(method, path.replace("/x", f"/{name}"), json=body_for(method, path))
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
            what = "project" if path.startswith(PROJECTS) else "task"
            assert answer.json()["detail"] == f"there is no {what} {name!r}"

    def test_takes_a_token_as_its_clients_write_it(self, client: TestClient, callers: Callers) -> None:
        token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
        assert Caller(client, f"lyr_{token}").get(TASKS).status_code == 200
        assert Caller(client, "lyr_of-nobody").get(TASKS).status_code == 401


class TestProjects:
    def test_group_tasks(self, callers: Callers) -> None:
        made = callers.member.post(PROJECTS, json={"name": f"Spring {uuid4()}"})
        assert made.status_code == 201, made.text
        project = made.json()
        assert list(departures(project, PROJECT)) == []
        task = asked(callers.admin, project_id=project["id"])
        found = callers.reviewer.get(f"{PROJECTS}/{project['id']}/tasks").json()
        assert list(departures(found, TASK_LIST)) == []
        assert [one["id"] for one in found["tasks"]] == [task]
        listed = callers.reviewer.get(PROJECTS).json()["projects"]
        assert [one["task_count"] for one in listed if one["id"] == project["id"]] == [1]

    def test_have_slugs_of_their_own(self, callers: Callers) -> None:
        body = {"name": "Autumn", "slug": f"autumn-{uuid4()}"}
        assert callers.admin.post(PROJECTS, json=body).status_code == 201
        assert callers.admin.post(PROJECTS, json=body).status_code == 409
        assert callers.admin.post(PROJECTS, json={"name": "Autumn", "slug": "With Blanks"}).status_code == 400

    def test_are_made_by_who_may_write_and_is_narrowed_in_nothing(self, callers: Callers, dataset: Json) -> None:
        narrowed = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        for caller in (callers.reviewer, narrowed, callers.agent("writer")):
            assert caller.post(PROJECTS, json={"name": "Mine"}).status_code == 403

    def test_show_to_agents_where_they_have_a_task(self, callers: Callers) -> None:
        project = callers.admin.post(PROJECTS, json={"name": f"Quiet {uuid4()}"}).json()["id"]
        agent = callers.agent("adros_deployer")
        assert project not in {one["id"] for one in agent.get(PROJECTS).json()["projects"]}
        assert agent.get(f"{PROJECTS}/{project}/tasks").status_code == 404
        assert agent.post(TASKS, json=ASKED | {"project_id": project}).status_code == 404
        asked(callers.admin, project_id=project)
        assert project in {one["id"] for one in agent.get(PROJECTS).json()["projects"]}


class TestTasks:
    @pytest.mark.parametrize(
        "fields",
        [{"title": " "}, {"specialist": "nobody"}, {"assignee_id": "x"}, {"priority": "P0"}, {"needs_approval": 1}],
    )
    def test_that_are_not_whole_are_refused(self, callers: Callers, fields: Json) -> None:
        answer = callers.admin.post(TASKS, json=ASKED | fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")

    def test_are_found_by_status_specialist_and_project(self, callers: Callers) -> None:
        task = asked(callers.admin, specialist="adros_cd")
        for query, expected in (
            ({"specialist": "adros_cd"}, True), ({"status": "assigned", "specialist": "adros_cd"}, True),
            ({"status": "review"}, False), ({"project_id": new_id()}, False),
        ):  # fmt: skip
            found = callers.reviewer.get(TASKS, params=query).json()
            assert list(departures(found, TASK_LIST)) == []
            assert (task in {one["id"] for one in found["tasks"]}) is expected, query
        assert callers.admin.get(TASKS, params={"status": "done"}).status_code == 400

    def test_go_through_pages(self, callers: Callers) -> None:
        made = [asked(callers.admin, specialist="adros_ceo") for _ in range(3)]
        first = callers.admin.get(TASKS, params={"limit": 2, "specialist": "adros_ceo"}).json()
        query = {"limit": 2, "specialist": "adros_ceo", "cursor": first["next_cursor"]}
        second = callers.admin.get(TASKS, params=query).json()
        ids = [one["id"] for one in [*first["tasks"], *second["tasks"]]]
        assert ids[:3] == made[::-1]

    def test_show_every_version_of_what_they_brought(self, callers: Callers, kitchen: Json) -> None:
        task = asked(callers.admin, specialist="researcher", dataset_id=kitchen["id"], needs_approval=True)
        body = callers.admin.until(lambda: seen(callers.admin, task), lambda now: now["status"] == "review")
        assert [one["version"] for one in body["artifacts"]] == [1]
        assert "[cite:" in body["artifacts"][0]["content"]
        answer = callers.admin.post(f"{TASKS}/{task}/reject", json={"feedback": "Name the oven."})
        assert answer.status_code == 200, answer.text
        body = callers.admin.until(lambda: seen(callers.admin, task), lambda now: now["status"] == "review")
        assert ([one["version"] for one in body["artifacts"]], body["feedback"]) == ([1, 2], "Name the oven.")
        assert callers.admin.post(f"{TASKS}/{task}/approve").json()["wake_reason"] == "review_approved"
        callers.admin.until(lambda: seen(callers.admin, task), lambda now: now["status"] == "completed")

    def test_have_a_timeline_in_the_surfaces_words(
        self, callers: Callers, ask: Ask, working: Callable[[], str]
    ) -> None:
        task = working()
        ask(task_ids=[task])
        events = callers.reviewer.get(f"{TASKS}/{task}/events").json()["events"]
        assert list(departures(events, ListOf(EVENT))) == []
        assert [one["sequence"] for one in events] == list(range(1, len(events) + 1))
        assert {"from": "in_progress", "to": "review"} in [one["data"] for one in events]
        assert "approval_id" in events[-1]["data"]


class TestComments:
    def test_may_bring_a_follow_up(self, callers: Callers) -> None:
        task = asked(callers.admin)
        follow_up = {"title": "And the mixer", "instructions": "Who made the mixer?", "specialist": "adros_cmo"}
        body = {"text": "@agent:adros_cmo look", "follow_up": follow_up}
        answer = callers.member.post(f"{TASKS}/{task}/comments", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()["follow_up_task_id"]
        after, before = seen(callers.reviewer, made), seen(callers.reviewer, task)
        assert (after["follows"], before["follow_ups"]) == (task, [made])
        assert after["project_id"] == before["project_id"]
        assert [one["text"] for one in before["comments"]] == [body["text"]]

    @pytest.mark.parametrize("follow_up", [{"title": "a"}, {"title": "a", "instructions": "b", "specialist": "nobody"}])
    def test_are_not_there_without_their_follow_up(self, callers: Callers, follow_up: Json) -> None:
        task = asked(callers.admin)
        answer = callers.admin.post(f"{TASKS}/{task}/comments", json={"text": "Next", "follow_up": follow_up})
        assert answer.status_code == 400
        assert seen(callers.admin, task)["comments"] == []

    def test_alone_bring_none(self, callers: Callers) -> None:
        task = asked(callers.admin)
        answer = callers.admin.post(f"{TASKS}/{task}/comments", json={"text": "Look."}).json()
        assert answer["follow_up_task_id"] is None

    def test_show_others_of_a_link_only_to_who_sees_them(self, callers: Callers) -> None:
        task = asked(callers.admin)
        follow_up = {"title": "Next", "instructions": "Next?", "specialist": "adros_cmo"}
        callers.admin.post(f"{TASKS}/{task}/comments", json={"text": "Next", "follow_up": follow_up})
        assert seen(callers.agent("adros_deployer"), task)["follow_ups"] == []


class TestDecisions:
    def test_are_for_administrators_and_no_agents(self, callers: Callers, ask: Ask, working: Callable[[], str]) -> None:
        task = working()
        ask(task_ids=[task])
        agent = callers.with_key(role="admin", agent_role="adros_ceo")
        assert callers.member.post(f"{TASKS}/{task}/approve").status_code == 403
        assert agent.post(f"{TASKS}/{task}/approve").status_code == 404
        assert seen(callers.admin, task)["status"] == "review"

    def test_are_about_tasks_in_review(self, callers: Callers) -> None:
        task = asked(callers.admin)
        for path, body in (("approve", None), ("reject", {"feedback": "No."})):
            answer = callers.admin.post(f"{TASKS}/{task}/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")

    def test_to_reject_say_why(self, callers: Callers, ask: Ask, working: Callable[[], str]) -> None:
        task = working()
        ask(task_ids=[task])
        for body in ({}, {"feedback": " "}, {"note": "a"}):
            assert callers.admin.post(f"{TASKS}/{task}/reject", json=body).status_code == 400

    def test_to_approve_choose_where_there_are_options(
        self, callers: Callers, ask: Ask, working: Callable[[], str]
    ) -> None:
        task = working()
        ask(task_ids=[task], options=["A", "B"])
        assert callers.admin.post(f"{TASKS}/{task}/approve").status_code == 422
        assert callers.admin.post(f"{TASKS}/{task}/approve", json={"option": "C"}).status_code == 400
        body = callers.admin.post(f"{TASKS}/{task}/approve", json={"option": "B"}).json()
        assert (body["status"], body["wake_reason"]) == ("assigned", "review_approved")

    def test_wait_in_a_queue(self, callers: Callers, ask: Ask, working: Callable[[], str], dataset: Json) -> None:
        task = working()
        approval, other = ask(task_ids=[task]), ask(dataset_id=dataset["id"])
        found = callers.reviewer.get(f"{BASE}/approvals/pending", params={"limit": 200}).json()
        assert list(departures(found, {"approvals": ListOf(PENDING), "next_cursor": Nullable(str)})) == []
        queue = {one["id"]: one for one in found["approvals"]}
        assert [one["status"] for one in queue[approval]["tasks"]] == ["review"]
        assert other in queue
        narrowed = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        assert [one["id"] for one in narrowed.get(f"{BASE}/approvals/pending").json()["approvals"]] == [other]
        callers.admin.post(f"{TASKS}/{task}/approve")
        left = callers.reviewer.get(f"{BASE}/approvals/pending", params={"limit": 200}).json()["approvals"]
        assert approval not in {one["id"] for one in left}
