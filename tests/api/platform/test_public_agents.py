"""/api/v1/public/agents."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import error_of
from tests.api.platform.test_agents import new_name

AT = "/api/v1/public/agents"
FIELDS = {
    "id": int, "name": str, "emoji": str | None, "role": str, "status": str, "current_task": str | None,
    "workspace_path": str | None, "last_heartbeat": str | None, "created_at": str | None,
}  # fmt: skip
WORDS = ("idle", "working", "blocked", "offline", "paused")


def made(caller: Caller, **fields: Any) -> Json:
    answer = caller.post(AT, json={"name": new_name(), "role": "engineer", **fields})
    assert answer.status_code == 201, answer.text
    data: Json = answer.json()["data"]
    return data


def state_of(caller: Caller, agent: Json) -> str:
    found = caller.get("/api/agents", params={"limit": 200}).json()["data"]
    return str(next(one["state"] for one in found if one["id"] == agent["id"]))


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", AT), ("POST", AT), ("GET", f"{AT}/1"), ("PATCH", f"{AT}/1"), ("DELETE", f"{AT}/1")],
    )
    def test_needs_a_key_and_says_so_as_the_platform_does(self, client: TestClient, method: str, path: str) -> None:
        answer = client.request(method, path)
        assert answer.status_code == 401
        assert error_of(answer)["code"] == "UNAUTHENTICATED"

    def test_leaves_changes_to_administrators(self, callers: Callers) -> None:
        agent = made(callers.admin)
        assert callers.member.post(AT, json={"name": new_name(), "role": "engineer"}).status_code == 403
        assert callers.member.patch(f"{AT}/{agent['id']}", json={"emoji": "x"}).status_code == 403
        assert callers.member.delete(f"{AT}/{agent['id']}").status_code == 403
        assert callers.reviewer.get(f"{AT}/{agent['id']}").json()["data"] == agent

    def test_ends_at_the_tenant_and_at_the_agent(self, callers: Callers) -> None:
        agents = [made(callers.admin) for _ in range(12)]  # more than the other tenant has
        at = f"{AT}/{agents[-1]['id']}"
        other = callers.with_key(role="admin", agent_role="adros_cd")
        for caller in (callers.stranger, other):
            unknown = error_of(caller.get(f"{AT}/99999999"))["message"]
            for method in ("GET", "PATCH", "DELETE"):
                answer = caller.request(method, at, json={"emoji": "x"})
                if method == "DELETE" and caller is other:
                    assert answer.status_code in {403, 404}
                    continue
                assert answer.status_code == 404, method
                assert error_of(answer)["message"] == unknown.replace("99999999", str(agents[-1]["id"]))
            names = {one["name"] for one in caller.get(AT, params={"limit": 200}).json()["data"]}
            assert not names & {agent["name"] for agent in agents}


class TestCreating:
    @pytest.mark.parametrize("word", WORDS)
    def test_answers_with_every_field(self, callers: Callers, word: str) -> None:
        agent = made(callers.admin, emoji="📦", workspace_path="/srv/felix", status=word)
        assert set(agent) == set(FIELDS)
        for name, kind in FIELDS.items():
            assert isinstance(agent[name], kind), name
        assert (agent["role"], agent["emoji"], agent["workspace_path"]) == ("engineer", "📦", "/srv/felix")
        expected = word if word in {"offline", "paused"} else "idle"  # nothing was heard of it yet
        assert agent["status"] == expected

    @pytest.mark.parametrize(
        ("fields", "named"),
        [({"role": ""}, "role"), ({"name": "/"}, "name"), ({"status": "asleep"}, "status"), ({"id": 7}, "id")],
    )
    def test_refuses_what_is_not_acceptable(self, callers: Callers, fields: Json, named: str) -> None:
        answer = callers.admin.post(AT, json={"name": new_name(), "role": "engineer", **fields})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == named

    def test_refuses_a_name_that_is_taken(self, callers: Callers) -> None:
        agent = made(callers.admin)
        assert callers.admin.post(AT, json={"name": agent["name"], "role": "x"}).status_code == 409


class TestListing:
    def test_is_by_number_in_pages_and_narrowed(self, callers: Callers) -> None:
        role = new_name()
        ids = [made(callers.admin, role=role)["id"] for _ in range(3)]
        callers.admin.delete(f"{AT}/{ids[1]}")
        body = callers.admin.get(AT, params={"role": role, "limit": 2, "offset": 1}).json()
        assert [one["id"] for one in body["data"]] == ids[1:]
        assert body["meta"] == {"total": 3, "limit": 2, "offset": 1}
        offline = callers.admin.get(AT, params={"role": role, "status": "offline"}).json()["data"]
        assert [one["id"] for one in offline] == [ids[1]]
        assert callers.admin.get(AT, params={"status": "asleep"}).status_code == 400

    def test_names_agents_that_every_tenant_has(self, callers: Callers) -> None:
        found = callers.stranger.get(AT).json()["data"]
        assert [one["id"] for one in found] == list(range(1, len(found) + 1))
        assert "researcher" in [one["name"] for one in found]


class TestChanging:
    @pytest.mark.parametrize(
        ("word", "state"),
        [("offline", "stopped"), ("paused", "paused"), ("idle", "started"), ("working", "started"),
         ("blocked", "started")],
    )  # fmt: skip
    def test_of_the_status_by_an_administrator_says_what_is_wanted(
        self, callers: Callers, word: str, state: str
    ) -> None:
        agent = made(callers.admin, status="paused")
        changed = callers.admin.patch(f"{AT}/{agent['id']}", json={"status": word})
        assert changed.status_code == 200
        assert changed.json()["data"]["status"] == word
        assert state_of(callers.admin, agent) == state

    def test_leaves_what_it_does_not_name(self, callers: Callers) -> None:
        agent = made(callers.admin, emoji="📦")
        body = {"role": "writer", "current_task": "Ovens", "workspace_path": "/srv"}
        changed = callers.admin.patch(f"{AT}/{agent['id']}", json=body).json()["data"]
        assert changed == {**agent, **body}
        cleared = callers.admin.patch(f"{AT}/{agent['id']}", json={"current_task": ""}).json()["data"]
        assert cleared["current_task"] is None

    def test_by_the_agent_says_what_it_does_and_nothing_more(self, callers: Callers) -> None:
        agent = made(callers.admin, status="paused")
        at, mine = f"{AT}/{agent['id']}", callers.agent(agent["name"])
        said = mine.patch(at, json={"status": "working", "current_task": "Ovens"})
        assert said.status_code == 200
        assert said.json()["data"]["status"] == "paused", "people want it so"
        assert said.json()["data"]["last_heartbeat"] is not None
        assert state_of(callers.admin, agent) == "paused"
        for body in ({"status": "offline"}, {"status": "paused"}, {"role": "boss"}, {"emoji": "👑"}):
            assert mine.patch(at, json=body).status_code == 403
        callers.admin.post(f"/api/agents/{agent['name']}/start")
        shown = callers.admin.get(at).json()["data"]
        assert (shown["status"], shown["current_task"]) == ("working", "Ovens")


class TestDeactivating:
    def test_stops_it_and_keeps_it(self, callers: Callers) -> None:
        agent = made(callers.admin)
        answer = callers.admin.delete(f"{AT}/{agent['id']}")
        assert answer.status_code == 200
        assert answer.json()["data"] == {"success": True, "id": agent["id"], "status": "offline"}
        assert callers.admin.get(f"{AT}/{agent['id']}").json()["data"]["status"] == "offline"
        assert callers.admin.delete(f"{AT}/99999999").status_code == 404
