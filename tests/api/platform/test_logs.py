"""/api/logs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import error_of
from tests.api.platform.test_agents import activity, made

AT = "/api/logs"
FIELDS = {"id", "timestamp", "source", "agent", "level", "message", "author", "meta"}


def written(caller: Caller, agent: str, message: str, **fields: Any) -> Json:
    answer = caller.post(AT, json={"agent": agent, "message": message, **fields})
    assert answer.status_code == 201, answer.text
    data: Json = answer.json()["data"]
    return data


def listed(caller: Caller, **params: Any) -> list[Json]:
    answer = caller.get(AT, params=params)
    assert answer.status_code == 200, answer.text
    data: list[Json] = answer.json()["data"]
    return data


def new_agent(callers: Callers, **fields: Any) -> str:
    return str(made(callers.admin, **fields)["agent"]["name"])


class TestAccess:
    @pytest.mark.parametrize(("method", "path"), [("GET", AT), ("POST", AT), ("GET", f"{AT}/files")])
    def test_needs_a_key_with_the_right(self, client: TestClient, callers: Callers, method: str, path: str) -> None:
        assert client.request(method, path).status_code == 401
        body = {"agent": "researcher", "message": "x"}
        assert callers.searcher.request(method, path, json=body).status_code == 403
        assert callers.reviewer.post(AT, json=body).status_code == 403

    def test_ends_at_the_tenant_the_agent_and_the_dataset(self, callers: Callers, dataset: Json) -> None:
        name, mark = new_agent(callers), uuid4().hex
        line = written(callers.admin, name, mark)
        task = activity(callers.admin, name)
        assert [one["id"] for one in listed(callers.agent(name), q=mark)] == [line["id"]]
        held = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        for caller in (callers.stranger, callers.agent("adros_cd"), held):
            assert listed(caller, agent=name) == []
            assert listed(caller, q=mark) == []
            assert task not in caller.get(AT, params={"limit": 500}).text
            assert name not in caller.get(f"{AT}/files").text
        assert listed(callers.reviewer, agent=name) != []


class TestWriting:
    def test_answers_with_every_field(self, callers: Callers) -> None:
        name = new_agent(callers)
        line = written(callers.agent(name), name, "Cold", level="warn", meta={"degrees": 20, "at": ["oven"]})
        assert set(line) == FIELDS
        assert (line["source"], line["agent"], line["author"]) == ("db", name, name)
        assert (line["level"], line["message"], line["meta"]) == ("warn", "Cold", {"degrees": 20, "at": ["oven"]})
        assert listed(callers.admin, agent=name, level="warn") == [line]

    def test_is_of_agents_that_there_are_and_by_an_agent_of_itself(self, callers: Callers) -> None:
        name = new_agent(callers)
        for caller, agent in (
            (callers.admin, "nobody-at-all"), (callers.stranger, name), (callers.agent("adros_cd"), name)
        ):  # fmt: skip
            answer = caller.post(AT, json={"agent": agent, "message": "x"})
            assert answer.status_code == 400
            assert error_of(answer)["details"][0]["field"] == "agent"

    @pytest.mark.parametrize(
        ("fields", "named"),
        [({"level": "loud"}, "level"), ({"message": ""}, "message"), ({"meta": []}, "meta"),
         ({"meta": {"x": "y" * 20_000}}, "meta"), ({"at": "now"}, "at")],
    )  # fmt: skip
    def test_refuses_what_is_not_acceptable(self, callers: Callers, fields: Json, named: str) -> None:
        answer = callers.member.post(AT, json={"agent": "researcher", "message": "x", **fields})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == named


class TestReading:
    def test_merges_entries_and_what_cairn_writes_newest_first(self, callers: Callers) -> None:
        name = new_agent(callers)
        task = activity(callers.admin, name)
        line = written(callers.admin, name, "After that")
        lines = listed(callers.admin, agent=name)
        assert lines[0] == line
        assert {one["source"] for one in lines} == {"db", "file"}
        assert [one["timestamp"] for one in lines] == sorted((one["timestamp"] for one in lines), reverse=True)
        files = listed(callers.admin, agent=name, source="file")
        assert {one["meta"]["taskId"] for one in files} == {task}
        assert {one["source"] for one in listed(callers.admin, agent=name, source="db")} == {"db"}
        assert len(listed(callers.admin, agent=name, limit=1)) == 1
        assert all("created" in one["message"] for one in listed(callers.admin, agent=name, source="file", q="CREATED"))

    def test_tells_failures_from_the_rest(self, callers: Callers) -> None:
        name = new_agent(callers)
        task = activity(callers.admin, name)
        callers.admin.post(f"/dashboard/v1/activities/{task}/blockers", json={"text": "Which oven?"})
        warned = listed(callers.admin, agent=name, source="file", level="warn")
        assert [one["message"] for one in warned] == ["status_changed to blocked: Brief"]
        assert listed(callers.admin, agent=name, source="file", level="error") == []
        others = listed(callers.admin, agent=name, source="file", level="info")
        assert {one["level"] for one in others} == {"info"}

    @pytest.mark.parametrize("params", [{"source": "disk"}, {"level": "debug"}, {"limit": 0}])
    def test_refuses_other_conditions(self, callers: Callers, params: Json) -> None:
        assert callers.member.get(AT, params=params).status_code == 400

    def test_takes_words_as_they_stand(self, callers: Callers) -> None:
        name = new_agent(callers)
        written(callers.admin, name, "100% done")
        assert len(listed(callers.admin, agent=name, q="100% D")) == 1
        assert listed(callers.admin, agent=name, q="1_0%") == []


class TestFiles:
    def test_are_one_for_each_agent_with_lines(self, callers: Callers) -> None:
        name = new_agent(callers)
        assert name not in callers.admin.get(f"{AT}/files").text
        activity(callers.admin, name)
        files = callers.admin.get(f"{AT}/files").json()["data"]
        (mine,) = [one for one in files if one["agent"] == name]
        assert set(mine) == {"name", "agent", "lines", "modified_at"}
        assert (mine["name"], mine["lines"]) == (f"{name}.log", len(listed(callers.admin, agent=name, source="file")))
