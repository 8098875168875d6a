"""Tasks at the platform: shapes, statuses, rights, effects."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from orchestration.approvals.models import Approval, ApprovalTask
from orchestration.runtime import Runtime
from orchestration.tasks.models import Artifact, Task, TaskComment, TaskEvent, TaskRun
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Callers, Json
from tests.api.dashboard.work.conftest import Ask
from tests.api.dashboard.work.office import asked, move
from tests.api.platform.conftest import error_of
from tests.api.platform.task_shapes import STATUS_OF, TASKS, listed, made, seen

OPERATIONS = (("GET", TASKS), ("POST", TASKS), ("GET", f"{TASKS}/1"), ("DELETE", f"{TASKS}/1"))
ELSEWHERE = "adros_deployer"  # an agent that nothing here runs, so that nothing happens to its tasks by itself


def number_of(runtime: Runtime, task_id: str) -> int:
    with runtime.database.read() as session:
        return session.get_one(Task, task_id).number or 0


def id_of(callers: Callers, runtime: Runtime, number: int) -> str:
    with runtime.database.read() as session:
        return runtime.teamwork.numbered.id_of(session, callers.principal, number)


class TestEveryOperation:
    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys(self, client: TestClient, method: str, path: str) -> None:
        answer = client.request(method, path)
        assert (answer.status_code, error_of(answer)["code"]) == (401, "UNAUTHENTICATED")

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_not_for_keys_that_may_only_search(self, callers: Callers, method: str, path: str) -> None:
        body = {"title": "Fix"} if method == "POST" else None
        answer = callers.searcher.request(method, path, json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "FORBIDDEN")

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_is_about_what_is_there_for_the_caller(
        self, callers: Callers, dataset: Json, runtime: Runtime, method: str
    ) -> None:
        number = number_of(runtime, asked(callers.admin, datasetId=dataset["id"], agentRole=ELSEWHERE))
        away = callers.with_key(role="admin", dataset_ids=["01K00000000000000000000000"])
        another = callers.with_key(role="admin", agent_role="adros_cmo")
        for caller, at in ((callers.admin, 2**31 - 1), (callers.stranger, number), (away, number), (another, number)):
            answer = caller.request(method, f"{TASKS}/{at}")
            assert (answer.status_code, error_of(answer)["message"]) == (404, f"there is no task '{at}'")
        assert seen(callers.admin, number)["id"] == number

    @pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", str(2**31)])
    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_refuses_what_is_no_number(self, callers: Callers, method: str, number: str) -> None:
        answer = callers.admin.request(method, f"{TASKS}/{number}")
        assert (answer.status_code, error_of(answer)["details"][0]["field"]) == (400, "id")


class TestMaking:
    def test_keeps_what_was_said(self, callers: Callers) -> None:
        body = {
            "title": f"Fix login {uuid4()}", "description": "It loops.", "priority": "P0", "assignee": ELSEWHERE,
            "category": "bug", "tags": "login,web", "estimated_minutes": 30, "due_date": "2030-01-02",
        }  # fmt: skip
        task = seen(callers.admin, made(callers.member, **body)["id"])
        assert {name: task[name] for name in body} == body | {"due_date": "2030-01-02T00:00:00Z"}
        assert (task["status"], task["product"]) == ("todo", "general")

    def test_has_defaults(self, callers: Callers) -> None:
        task = made(callers.member, title=f"Fix {uuid4()}")
        assert (task["priority"], task["assignee"], task["description"]) == ("P2", None, "")
        assert (task["category"], task["tags"], task["estimated_minutes"], task["due_date"]) == ("task", "", None, None)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"title": " "}, "title"), ({"title": "x" * 301}, "title"), ({"title": None}, "title"),
            ({"status": "cancelled"}, "status"), ({"status": "created"}, "status"), ({"priority": "high"}, "priority"),
            ({"priority": 0}, "priority"), ({"assignee": "nobody at all"}, "assignee"),
            ({"product_slug": "there-is-none"}, "product_slug"), ({"product_slug": "No Slug"}, "product_slug"),
            ({"estimated_minutes": "5"}, "estimated_minutes"), ({"due_date": "soon"}, "due_date"), ({"id": 5}, "id"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_whole(self, callers: Callers, fields: Json, field: str) -> None:
        answer = callers.admin.post(TASKS, json={"title": "Fix"} | fields)
        error = error_of(answer)
        assert (answer.status_code, error["code"]) == (400, "VALIDATION_ERROR")
        assert [detail["field"] for detail in error["details"]] == [field]

    def test_is_for_who_may_write(self, callers: Callers) -> None:
        assert callers.reviewer.post(TASKS, json={"title": "Fix"}).status_code == 403
        assert callers.reader.post(TASKS, json={"title": "Fix"}).status_code == 403

    def test_names_a_dataset_where_the_key_is_held_to_some(self, callers: Callers, dataset: Json) -> None:
        narrowed = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        assert narrowed.post(TASKS, json={"title": "Fix"}).status_code == 403
        task = made(narrowed, title=f"Fix {uuid4()}", dataset_id=dataset["id"])
        assert seen(narrowed, task["id"])["id"] == task["id"]
        assert callers.admin.post(TASKS, json={"title": "Fix", "dataset_id": "x"}).status_code == 404

    @pytest.mark.parametrize("status", ["todo", "in_progress", "review", "done", "blocked", "archived"])
    @pytest.mark.parametrize("assignee", [None, ELSEWHERE, "me"])
    def test_puts_it_where_it_is_said_to_be(self, callers: Callers, status: str, assignee: str | None) -> None:
        task = made(callers.admin, title=f"Fix {uuid4()}", status=status, assignee=assignee)
        assert task["status"] == status
        assert bool(seen(callers.admin, task["id"])["blockers"]) is (status == "blocked")

    @pytest.mark.parametrize("status", ["in_progress", "review", "done"])
    def test_does_not_say_how_far_an_agent_is_that_is_run_here(self, callers: Callers, status: str) -> None:
        title = f"Fix {uuid4()}"
        body = {"title": title, "assignee": "researcher", "status": status}
        answer = callers.admin.post(TASKS, json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (409, "CONFLICT")
        assert listed(callers.admin, q=title) == []

    def test_has_an_agent_that_is_run_here_begin(self, callers: Callers, kitchen: Json) -> None:
        body = {"title": f"Oven {uuid4()}", "description": "Who made the bread oven?", "dataset_id": kitchen["id"]}
        number = made(callers.admin, assignee="researcher", **body)["id"]
        callers.admin.until(lambda: seen(callers.admin, number), lambda now: now["status"] == "done")

    def test_slows_down_who_makes_too_many(
        self, callers: Callers, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(runtime.settings.__dict__, "task_rate_limit", 2)
        busy = callers.with_key(role="member")
        statuses = [busy.post(TASKS, json={"title": f"Fix {uuid4()}"}).status_code for _ in range(2)]
        refused = busy.post(TASKS, json={"title": "Fix"})
        assert (statuses, refused.status_code, error_of(refused)["code"]) == ([201, 201], 429, "RATE_LIMITED")
        assert int(refused.headers["retry-after"]) >= 1
        made(callers.with_key(role="member"), title=f"Fix {uuid4()}")


class TestMakingTheSameAgain:
    def test_gives_back_what_is_open(self, callers: Callers) -> None:
        body = {"title": f"Fix {uuid4()}", "description": "It loops.", "assignee": ELSEWHERE}
        first = made(callers.member, **body)
        assert made(callers.admin, **body | {"title": f" {body['title']} "})["id"] == first["id"]
        assert [one["id"] for one in listed(callers.admin, q=body["title"])] == [first["id"]]

    @pytest.mark.parametrize(
        "other",
        [
            {"description": "It hangs."},
            {"assignee": "adros_cd"},
            {"assignee": None},
            {"priority": "P0"},
            {"category": "bug"},
        ],
    )  # fmt: skip
    def test_makes_another_of_what_is_different(self, callers: Callers, other: Json) -> None:
        body = {"title": f"Fix {uuid4()}", "description": "It loops.", "assignee": ELSEWHERE}
        assert made(callers.admin, **body)["id"] != made(callers.admin, **body | other)["id"]

    @pytest.mark.parametrize("status", ["done", "archived"])
    def test_makes_another_where_it_is_over(self, callers: Callers, status: str) -> None:
        title = f"Fix {uuid4()}"
        first = made(callers.admin, title=title, status=status)
        assert made(callers.admin, title=title)["id"] > first["id"]

    def test_does_not_show_what_the_caller_may_not_see(self, callers: Callers, dataset: Json) -> None:
        title = f"Fix {uuid4()}"
        first = made(callers.admin, title=title)
        assert made(callers.stranger, title=title)["id"] != first["id"] or seen(callers.stranger, 1)["title"] == title
        agent = callers.agent("adros_cmo")
        assert made(agent, title=title)["id"] != first["id"]


class TestNumbers:
    def test_rise_and_are_not_given_again(self, callers: Callers) -> None:
        first, second = made(callers.admin, title=f"a {uuid4()}")["id"], made(callers.admin, title=f"b {uuid4()}")["id"]
        assert callers.admin.delete(f"{TASKS}/{second}").status_code == 200
        assert first < second < made(callers.admin, title=f"c {uuid4()}")["id"]

    def test_count_for_each_tenant_by_itself(self, client: TestClient, callers: Callers, runtime: Runtime) -> None:
        made(callers.admin, title=f"Ours {uuid4()}")
        elsewhere = Callers(client, runtime, admin_token="").stranger
        assert [made(elsewhere, title=f"Theirs {number}")["id"] for number in (1, 2)] == [1, 2]
        assert [one["title"] for one in listed(elsewhere)] == ["Theirs 2", "Theirs 1"]

    def test_name_tasks_that_were_made_elsewhere(self, callers: Callers, runtime: Runtime) -> None:
        number = number_of(
            runtime, asked(callers.admin, agentRole=ELSEWHERE, title="Brief", inputPrompt="What is new?")
        )
        task = seen(callers.reviewer, number)
        assert (task["title"], task["description"], task["assignee"]) == ("Brief", "What is new?", ELSEWHERE)


class TestFinding:
    def test_goes_by_status_in_the_surfaces_words(self, callers: Callers, runtime: Runtime, ask: Ask) -> None:
        word = str(uuid4())
        for state, shown in STATUS_OF.items():
            number = made(callers.admin, title=f"{word} {state}", assignee=ELSEWHERE)["id"]
            _bring(runtime, id_of(callers, runtime, number), state)
            assert seen(callers.admin, number)["status"] == shown, state
        for shown in set(STATUS_OF.values()):
            expected = {f"{word} {state}" for state, one in STATUS_OF.items() if one == shown}
            assert {one["title"] for one in listed(callers.admin, q=word, status=shown)} == expected
        both = listed(callers.admin, q=word, status="done, archived")
        assert {one["status"] for one in both} == {"done", "archived"}

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"status": "cancelled"}, "status"), ({"status": "todo,"}, "status"), ({"priority": "high"}, "priority"),
            ({"next": "yes"}, "next"), ({"next": "true"}, "assignee"), ({"limit": 0}, "limit"),
            ({"limit": 201}, "limit"), ({"offset": -1}, "offset"), ({"q": "a b c d e f g h i j k"}, "q"),
            ({"q": "\0"}, "q"), ({"assignee": ""}, "assignee"), ({"product": "x\0"}, "product"),
        ],
    )  # fmt: skip
    def test_refuses_what_it_does_not_know(self, callers: Callers, query: Json, field: str) -> None:
        answer = callers.admin.get(TASKS, params=query)
        error = error_of(answer)
        assert (answer.status_code, [detail["field"] for detail in error["details"]]) == (400, [field])

    def test_looks_for_words_in_what_tasks_say(self, callers: Callers) -> None:
        word = uuid4().hex
        one = made(callers.admin, title=f"Login {word}", description="100% of users_x")["id"]
        for q, found in (
            (f"login {word.upper()}", [one]), (f"100% {word}", [one]), (f"users_x {word}", [one]),
            (f"usersAx {word}", []), (f"100x {word}", []), (f"{word} logout", []),
        ):  # fmt: skip
            assert [task["id"] for task in listed(callers.admin, q=q)] == found, q

    def test_goes_by_assignee_product_and_priority(self, callers: Callers) -> None:
        slug, title = f"oven-{uuid4()}", f"Fix {uuid4()}"
        assert callers.admin.post("/api/v1/projects", json={"name": "Oven", "slug": slug}).status_code == 201
        number = made(callers.admin, title=title, assignee=ELSEWHERE, product_slug=slug, priority="P1")["id"]
        for query, expected in (
            ({"assignee": ELSEWHERE}, True), ({"assignee": "researcher"}, False), ({"assignee": "no such"}, False),
            ({"assignee": "me"}, False), ({"product": slug}, True), ({"product": "general"}, False),
            ({"priority": "P0,P1"}, True), ({"priority": "P2"}, False),
        ):  # fmt: skip
            found = {one["id"] for one in listed(callers.admin, q=title, **query)}
            assert (number in found) is expected, query
        assert seen(callers.admin, number)["product"] == slug

    def test_knows_who_me_is(self, callers: Callers) -> None:
        title = f"Fix {uuid4()}"
        mine = made(callers.admin, title=title, assignee="me")
        assert [one["id"] for one in listed(callers.admin, q=title, assignee="me")] == [mine["id"]]
        assert [one["id"] for one in listed(callers.admin, q=title, assignee=mine["assignee"])] == [mine["id"]]
        theirs = made(callers.admin, title=title, assignee=ELSEWHERE)
        agent = callers.agent(ELSEWHERE)
        assert [one["id"] for one in listed(agent, q=title, assignee="me")] == [theirs["id"]]
        nobody = callers.member.get(TASKS, params={"assignee": "me"})
        assert (nobody.status_code, error_of(nobody)["details"][0]["field"]) == (400, "assignee")

    def test_goes_through_pages(self, callers: Callers) -> None:
        word = str(uuid4())
        numbers = [made(callers.admin, title=f"{word} {turn}")["id"] for turn in range(3)]
        pages = [callers.admin.get(TASKS, params={"q": word, "limit": 2, "offset": at}).json() for at in (0, 2)]
        assert [one["id"] for page in pages for one in page["data"]] == numbers[::-1]
        assert [page["meta"] for page in pages] == [{"total": 3, "limit": 2, "offset": at} for at in (0, 2)]

    def test_gives_what_is_most_urgent_next(self, callers: Callers) -> None:
        role = f"worker-{uuid4()}"[:40]
        worker = callers.agent(role)
        assert listed(worker, assignee="me", next="true") == []
        for title, priority in (("late", "P2"), ("first", "P0"), ("second", "P0"), ("under way", "P0")):
            status = "in_progress" if title == "under way" else "todo"
            made(callers.admin, title=title, priority=priority, assignee=role, status=status)
        answer = worker.get(TASKS, params={"assignee": "me", "next": "true", "limit": 50}).json()
        assert ([one["title"] for one in answer["data"]], answer["meta"]["total"]) == (["first"], 3)
        assert listed(callers.admin, assignee=role, next="true", status="done") == []

    def test_shows_agents_and_held_keys_their_own(self, callers: Callers, dataset: Json) -> None:
        title = f"Fix {uuid4()}"
        made(callers.admin, title=title)
        assert listed(callers.agent("adros_cmo"), q=title) == []
        assert listed(callers.with_key(role="admin", dataset_ids=[dataset["id"]]), q=title) == []
        assert listed(callers.stranger, q=title) == []


class TestOneTask:
    def test_says_what_blocks_it(self, callers: Callers, runtime: Runtime) -> None:
        number = made(callers.admin, title=f"Fix {uuid4()}", assignee=ELSEWHERE)["id"]
        task_id = id_of(callers, runtime, number)
        blocker = callers.admin.post(f"/api/v1/tasks/{task_id}/blockers", json={"text": "Which year?"}).json()
        found = seen(callers.admin, number)["blockers"]
        assert [(one["id"], one["text"]) for one in found] == [(blocker["id"], "Which year?")]
        answer = callers.admin.post(
            f"/api/v1/tasks/{task_id}/blockers/{blocker['id']}/resolve", json={"answer": "1994"}
        )
        assert answer.status_code == 200
        assert seen(callers.admin, number)["blockers"] == []

    def test_names_its_parent_and_its_parts(self, callers: Callers, runtime: Runtime) -> None:
        number = made(callers.admin, title=f"Fix {uuid4()}", assignee=ELSEWHERE)["id"]
        part = _part_of(callers, runtime, number)
        assert [one["id"] for one in seen(callers.admin, number)["subtasks"]] == [part]
        assert seen(callers.admin, part)["parent"] == {
            "id": number, "title": seen(callers.admin, number)["title"], "status": "todo"
        }  # fmt: skip
        agent = callers.agent("adros_cd")  # whose the part is, and not the whole
        assert seen(agent, part)["parent"] is None


class TestDeleting:
    def test_is_for_administrators(self, callers: Callers, dataset: Json) -> None:
        number = made(callers.member, title=f"Fix {uuid4()}", assignee=ELSEWHERE)["id"]
        agent = callers.with_key(role="admin", agent_role=ELSEWHERE)
        for caller in (callers.member, callers.reviewer, callers.reader, agent):
            assert caller.delete(f"{TASKS}/{number}").status_code == 403
        assert seen(callers.admin, number)["id"] == number

    def test_takes_all_that_hangs_on_it(self, callers: Callers, runtime: Runtime, ask: Ask, kitchen: Json) -> None:
        activity = asked(callers.admin, datasetId=kitchen["id"], needsApproval=True)
        number = number_of(runtime, activity)
        callers.admin.until(lambda: seen(callers.admin, number), lambda now: now["status"] == "review")
        assert callers.admin.post(f"/api/v1/tasks/{activity}/comments", json={"text": "Look."}).status_code == 201
        part = _part_of(callers, runtime, number)
        answer = callers.admin.delete(f"{TASKS}/{number}")
        assert (answer.status_code, answer.json()) == (
            200, {"data": {"success": True, "id": number}, "meta": {"message": "Task deleted"}}
        )  # fmt: skip
        for caller, path in (
            (callers.admin, f"{TASKS}/{number}"), (callers.admin, f"{TASKS}/{part}"),
            (callers.admin, f"/api/v1/tasks/{activity}"), (callers.admin, f"/dashboard/v1/activities/{activity}"),
        ):  # fmt: skip
            assert caller.get(path).status_code == 404, path
        assert callers.admin.delete(f"{TASKS}/{number}").status_code == 404
        with runtime.database.read() as session:
            kept: dict[str, Any] = {
                table.__tablename__: session.scalar(select(func.count()).select_from(table).where(column == activity))
                for table, column in (
                    (TaskRun, TaskRun.task_id), (TaskEvent, TaskEvent.task_id), (TaskComment, TaskComment.task_id),
                    (Artifact, Artifact.task_id), (ApprovalTask, ApprovalTask.task_id), (Task, Task.id),
                )
            }  # fmt: skip
            orphans = select(func.count()).select_from(Approval).where(Approval.dataset_id == kitchen["id"])
            assert session.scalar(orphans) == 0
        assert set(kept.values()) == {0}, kept

    def test_leaves_an_approval_that_is_about_another_as_well(
        self, callers: Callers, runtime: Runtime, ask: Ask
    ) -> None:
        one, other = (made(callers.admin, title=f"Fix {uuid4()}", assignee=ELSEWHERE)["id"] for _ in range(2))
        ids = [id_of(callers, runtime, number) for number in (one, other)]
        for task_id in ids:
            move(runtime, task_id, TaskStatus.IN_PROGRESS)
        approval = ask(task_ids=ids)
        assert callers.admin.delete(f"{TASKS}/{one}").status_code == 200
        body = callers.admin.get(f"/dashboard/v1/approvals/{approval}").json()
        assert (body["status"], [task["id"] for task in body["linkedActivities"]]) == ("pending", ids[1:])

    def test_is_in_the_audit_trail(self, callers: Callers, runtime: Runtime) -> None:
        number = made(callers.admin, title=f"Fix {uuid4()}")["id"]
        task_id = id_of(callers, runtime, number)
        callers.admin.delete(f"{TASKS}/{number}")
        entries = callers.admin.get("/api/activity-log", params={"action": "deleted", "limit": 50}).json()["data"]
        assert task_id in {entry["entity_id"] for entry in entries if entry["entity_type"] == "task"}


def _bring(runtime: Runtime, task_id: str, state: str) -> None:
    """A new task that is assigned, into that state."""
    wanted = TaskStatus(state)
    if wanted is TaskStatus.CREATED:
        with runtime.database.write() as session:
            session.get_one(Task, task_id).status = state
    elif wanted is not TaskStatus.ASSIGNED:
        on_the_way = {TaskStatus.REASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.CANCELLED}
        move(runtime, task_id, *([] if wanted in on_the_way else [TaskStatus.IN_PROGRESS]), wanted)


def _part_of(callers: Callers, runtime: Runtime, number: int) -> int:
    parent = id_of(callers, runtime, number)
    body = {"title": "A part", "instructions": "Do it.", "specialist": "adros_cd", "parent_task_id": parent}
    answer = callers.admin.post("/api/v1/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return number_of(runtime, answer.json()["id"])
