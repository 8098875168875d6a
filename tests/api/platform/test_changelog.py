"""/api/changelog."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from identity.types import Principal
from orchestration.runtime import Runtime
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.models import Artifact
from orchestration.tasks.types import ActorKind, NewTask, TaskStatus
from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import error_of
from tests.api.platform.test_agents import made

AT, FEED = "/api/changelog", "/api/changelog/feed"
FIELDS = {"id", "task_id", "title", "summary", "agent", "area", "product", "date", "created_at"}
Do: TypeAlias = Callable[..., str]


@pytest.fixture
def do(runtime: Runtime, callers: Callers) -> Do:
    """Makes a task and has it done; the title, and what it brought."""

    def do(title: str, brought: str | None = None, **fields: Any) -> str:
        principal: Principal = callers.principal
        kinds = {"kind": "oven", "prompt": "?"}
        desk, now = runtime.teamwork.desk, runtime.clock.now()
        with runtime.database.write() as session:
            task_id = desk.tasks.create(session, principal, NewTask(title=title, **(kinds | fields))).id
            task = repository.held(session, [task_id])[0]
            for status in (TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.DONE):
                if task.status != status:
                    desk.moves.move(session, task, status, SYSTEM)
            if brought is not None:
                output = Artifact(
                    id=task_id, tenant_id=task.tenant_id, task_id=task_id, run_id=None, version=1, format="markdown",
                    text=brought, sources=[], created_at=now,
                )  # fmt: skip
                session.add(output)
                task.output_id = output.id
        return task_id

    return do


def of_agent(name: str) -> Json:
    return {"assignee_kind": ActorKind.AGENT, "assignee_id": name}


def new_agent(callers: Callers) -> str:
    return str(made(callers.admin)["agent"]["name"])


def listed(caller: Caller, **params: Any) -> list[Json]:
    answer = caller.get(AT, params=params)
    assert answer.status_code == 200, answer.text
    data: list[Json] = answer.json()["data"]
    return data


def items(caller: Caller, **params: Any) -> list[ET.Element]:
    answer = caller.get(FEED, params=params)
    assert answer.status_code == 200, answer.text
    root = ET.fromstring(answer.content)  # noqa: S314 - Cairn's own feed
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    assert [channel.findtext(name, "") != "" for name in ("title", "link", "description")] == [True] * 3
    return channel.findall("item")


class TestAccess:
    @pytest.mark.parametrize("path", [AT, f"{AT}/summary", FEED])
    def test_needs_a_key_that_reads(self, client: TestClient, callers: Callers, path: str) -> None:
        assert client.get(path).status_code == 401
        assert callers.searcher.get(path).status_code == 403
        assert error_of(callers.searcher.get(path))["code"] == "FORBIDDEN"

    def test_ends_at_the_tenant_the_agent_and_the_dataset(self, callers: Callers, dataset: Json, do: Do) -> None:
        name, mark = new_agent(callers), uuid4().hex
        do(mark, **of_agent(name))
        within = do(f"{mark} within", dataset_id=dataset["id"])
        held = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        sees = [
            (callers.reviewer, {mark, f"{mark} within"}), (callers.agent(name), {mark}),
            (held, {f"{mark} within"}), (callers.agent("adros_cd"), set()), (callers.stranger, set()),
        ]  # fmt: skip
        for caller, titles in sees:
            assert {one["title"] for one in listed(caller, limit=200) if mark in one["title"]} == titles
            assert {one.findtext("title") for one in items(caller, limit=200)} & {mark, f"{mark} within"} == titles
            said = caller.get(f"{AT}/summary").text
            assert (mark in said) is bool(titles)
        assert within not in callers.stranger.get(FEED).text


class TestEntries:
    def test_are_tasks_that_are_done_with_every_field(self, callers: Callers, do: Do) -> None:
        name = new_agent(callers)
        do("Ovens", "Made by “Ferrante in Turin.” [cite:k1] So [unsupported] it is.", **of_agent(name))
        (entry,) = listed(callers.admin, agent=name)
        assert set(entry) == FIELDS
        assert entry["id"] == entry["task_id"]
        assert isinstance(entry["id"], int)
        assert callers.admin.get(f"/api/tasks/{entry['task_id']}").json()["data"]["title"] == "Ovens"
        assert (entry["title"], entry["area"], entry["product"]) == ("Ovens", "oven", "general")
        assert (entry["agent"], entry["summary"]) == (name, "Made by “Ferrante in Turin.” So it is.")
        assert entry["created_at"].startswith(entry["date"])

    def test_come_in_pages_and_narrowed(self, callers: Callers, do: Do) -> None:
        name = new_agent(callers)
        for number in range(3):
            do(f"Oven {number}", **of_agent(name))
        callers.admin.post("/dashboard/v1/activities", json={"title": "Open", "inputPrompt": "?", "agentRole": name})
        body = callers.admin.get(AT, params={"agent": name, "limit": 2, "offset": 1}).json()
        assert [one["title"] for one in body["data"]] == ["Oven 1", "Oven 0"]
        assert body["meta"] == {"total": 3, "limit": 2, "offset": 1}
        number = body["data"][0]["task_id"]
        assert [one["title"] for one in listed(callers.admin, task_id=number)] == ["Oven 1"]
        assert listed(callers.admin, task_id=number, agent="nobody") == []
        assert listed(callers.stranger, task_id=number, agent=name) == []

    @pytest.mark.parametrize("params", [{"task_id": "x"}, {"task_id": 0}, {"limit": 0}, {"offset": -1}])
    def test_refuse_other_conditions(self, callers: Callers, params: Json) -> None:
        answer = callers.member.get(AT, params=params)
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == next(iter(params))


class TestTheSummary:
    def test_is_by_day_and_area(self, callers: Callers, do: Do) -> None:
        area = uuid4().hex
        for number in range(12):
            do(f"Oven {number}", kind=area)
        newest = callers.admin.get(f"{AT}/summary").json()["data"][0]
        assert set(newest) == {"date", "total", "summary", "areas"}
        (mine,) = [one for one in newest["areas"] if one["area"] == area]
        assert (mine["count"], mine["titles"]) == (12, [f"Oven {number}" for number in range(11, 1, -1)])
        assert f"12 {area}" in newest["summary"]
        assert newest["total"] == sum(one["count"] for one in newest["areas"])


class TestTheFeed:
    def test_is_rss(self, callers: Callers, do: Do) -> None:
        name = new_agent(callers)
        task_id = do("Fish & <chips> \x0b]]>", "Said: <script>alert('&amp;')</script>", **of_agent(name))
        answer = callers.admin.get(FEED, params={"agent": name})
        assert answer.headers["content-type"].startswith("application/rss+xml")
        (item,) = items(callers.admin, agent=name)
        assert item.findtext("title") == "Fish & <chips> ]]>"
        assert item.findtext("description") == "Said: <script>alert('&amp;')</script>"
        assert (item.findtext("guid"), item.find("guid").get("isPermaLink")) == (task_id, "false")  # type: ignore[union-attr]  # found
        assert item.findtext("link", "").endswith(f"/#/tasks/{task_id}")
        assert item.findtext("category") == "oven"
        assert parsedate_to_datetime(item.findtext("pubDate", "")).tzinfo is not None

    def test_is_narrowed_to_an_agent_and_a_product(self, callers: Callers, do: Do) -> None:
        name = new_agent(callers)
        for number in range(3):
            do(f"Oven {number}", **of_agent(name))
        assert [one.findtext("title") for one in items(callers.admin, agent=name, limit=2)] == ["Oven 2", "Oven 1"]
        assert len(items(callers.admin, agent=name, product="general")) == 3
        assert items(callers.admin, agent=name, product="nothing") == []
        assert callers.admin.get(FEED, params={"limit": 0}).status_code == 400
