"""/api/agents and /api/agent-runs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Answer, Caller, Callers, Json
from tests.api.platform.conftest import error_of

AT, CHECK, ACTIVITIES = "/api/agents", "/api/agent-runs/idle-check", "/dashboard/v1/activities"
STATES = ("stop", "start", "restart")
FIELDS = {
    "id": int, "name": str, "display_name": str, "role": str, "status": str, "state": str, "model": str,
    "adapter": str, "emoji": str | None, "color": str | None, "interval_sec": int | None, "current_task": str | None,
    "open_tasks": int, "completed_tasks": int, "failed_tasks": int, "completion_rate": int | float | None,
    "automations": list, "last_error": str | None, "last_heartbeat": str | None, "created_at": str | None,
}  # fmt: skip


def new_name() -> str:
    return f"felix-{uuid4().hex[:12]}"


def made(caller: Caller, **fields: Any) -> Json:
    answer = caller.post(AT, json={"name": new_name(), **fields})
    assert answer.status_code == 200, answer.text
    data: Json = answer.json()["data"]
    return data


def listed(caller: Caller, **params: Any) -> dict[str, Json]:
    """By name."""
    answer = caller.get(AT, params={"limit": 200, **params})
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["data"]}


def one(caller: Caller, name: str) -> Json:
    return listed(caller)[name]


def activity(caller: Caller, name: str) -> str:
    body = {"title": "Brief", "inputPrompt": "Who made the bread oven?", "agentRole": name}
    answer = caller.post(ACTIVITIES, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def checked(caller: Caller, name: str, **params: str) -> Json:
    answer = caller.get(CHECK, params={"agent_name": name, **params})
    assert answer.status_code == 200, answer.text
    data: Json = answer.json()["data"]
    return data


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"), [("GET", AT), ("POST", AT), *(("POST", f"{AT}/researcher/{verb}") for verb in STATES)]
    )
    def test_needs_a_key(self, client: TestClient, method: str, path: str) -> None:
        assert client.request(method, path).status_code == 401

    def test_leaves_changes_to_administrators(self, callers: Callers, dataset: Json) -> None:
        name = made(callers.admin)["agent"]["name"]
        held = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        for caller in (callers.member, callers.reviewer, callers.with_key(role="admin", agent_role=name), held):
            assert caller.post(AT, json={"name": new_name()}).status_code == 403
            for verb in STATES:
                assert caller.post(f"{AT}/{name}/{verb}").status_code == 403
        assert one(callers.admin, name)["state"] == "started"

    def test_shows_an_agent_itself_alone(self, callers: Callers) -> None:
        assert set(listed(callers.agent("adros_cd"))) == {"adros_cd"}
        assert callers.searcher.get(AT).status_code == 403

    def test_ends_at_the_tenant(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        assert name not in listed(callers.stranger)
        for verb in STATES:
            assert callers.stranger.post(f"{AT}/{name}/{verb}").status_code == 404
        assert made(callers.stranger, name=name)["agent"]["name"] == name, "names are a tenant's own"
        callers.stranger.post(f"{AT}/{name}/stop")
        assert one(callers.admin, name)["state"] == "started"


class TestCreating:
    def test_says_what_was_done_and_what_was_not(self, callers: Callers) -> None:
        answer = callers.admin.post(
            AT, json={
                "name": new_name(), "display_name": "Felix", "model": "claude-haiku-4-5", "interval_sec": 3600,
                "emoji": "📦", "color": "#3b82f6",
            }
        )  # fmt: skip
        assert answer.status_code == 200
        assert set(answer.json()) == {"data", "meta"}
        data = answer.json()["data"]
        assert data["success"] is True
        assert [step["step"] for step in data["steps"]] == list(range(1, 11))
        done = {step["name"] for step in data["steps"] if step["status"] == "done"}
        assert done == {"registration", "log", "verification"}
        assert all(step["detail"] for step in data["steps"])
        agent = data["agent"]
        assert (agent["display_name"], agent["model"], agent["interval_sec"]) == ("Felix", "claude-haiku-4-5", 3600)
        assert (agent["emoji"], agent["color"], agent["adapter"]) == ("📦", "#3b82f6", "outside")

    def test_is_loaded_where_it_is_run_here(self, callers: Callers) -> None:
        data = made(callers.admin, adapter="extractive")
        assert next(step["status"] for step in data["steps"] if step["name"] == "load") == "done"

    def test_makes_it_known_everywhere(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        assert callers.admin.get(f"/dashboard/v1/agents/{name}").json()["isGlobalDefault"] is False
        assert activity(callers.admin, name)
        assert one(callers.admin, name)["open_tasks"] == 1

    @pytest.mark.parametrize("name", ["researcher", "adros_ceo"])
    def test_refuses_a_name_that_is_taken(self, callers: Callers, name: str) -> None:
        answer = callers.admin.post(AT, json={"name": name})
        assert answer.status_code == 409
        assert name in error_of(answer)["message"]

    def test_refuses_the_name_of_a_program_with_a_key(self, callers: Callers) -> None:
        name = new_name()
        callers.agent(name)
        assert callers.admin.post(AT, json={"name": name}).status_code == 409
        assert one(callers.admin, name)["id"] > 0

    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"name": "../felix"}, "name"), ({"name": ""}, "name"), ({"name": "a b"}, "name"),
            ({"display_name": " "}, "display_name"), ({"interval_sec": 0}, "interval_sec"),
            ({"interval_sec": "60"}, "interval_sec"), ({"color": "blue"}, "color"), ({"emoji": "\n"}, "emoji"),
            ({"adapter": "magic"}, "adapter"), ({"soul": "x"}, "soul"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_acceptable(self, callers: Callers, fields: Json, named: str) -> None:
        answer = callers.admin.post(AT, json={"name": new_name(), **fields})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == named


class TestListing:
    def test_has_every_field(self, callers: Callers) -> None:
        for agent in listed(callers.reviewer).values():
            assert set(agent) == set(FIELDS)
            for name, kind in FIELDS.items():
                assert isinstance(agent[name], kind), name
            assert agent["status"] in {"active", "idle", "offline", "error"}

    def test_comes_in_pages_and_narrowed(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        callers.admin.post(f"{AT}/{name}/stop")
        body = callers.admin.get(AT, params={"limit": 1, "offset": 1}).json()
        assert [one["name"] for one in body["data"]] == ["adros_research"]
        assert (body["meta"]["limit"], body["meta"]["offset"]) == (1, 1)
        assert body["meta"]["total"] == len(listed(callers.admin))
        offline = listed(callers.admin, status="offline, error")
        assert name in offline
        assert {one["status"] for one in offline.values()} <= {"offline", "error"}
        assert name not in listed(callers.admin, status="idle,active")
        wrong = callers.admin.get(AT, params={"status": "idle,asleep"})
        assert wrong.status_code == 400
        assert "asleep" in error_of(wrong)["details"][0]["message"]

    def test_keeps_numbers(self, callers: Callers) -> None:
        before = {name: one["id"] for name, one in listed(callers.admin).items()}
        made(callers.admin)
        after = {name: one["id"] for name, one in listed(callers.admin).items()}
        assert before.items() <= after.items()
        assert len(set(after.values())) == len(after)

    def test_names_recurring_tasks_as_automations(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        body = {
            "name": "Each week", "agentRole": name, "periodicity": "weekly", "inputPrompt": "What is new?"
        }  # fmt: skip
        answer = callers.admin.post("/dashboard/v1/recurring-tasks", json=body)
        assert answer.status_code == 201, answer.text
        assert one(callers.admin, name)["automations"] == [
            {"id": answer.json()["id"], "name": "Each week", "is_active": True}
        ]


class TestStoppingAndStarting:
    def test_keeps_an_agent_from_its_tasks_until_it_is_started(self, callers: Callers) -> None:
        name = made(callers.admin, adapter="extractive")["agent"]["name"]
        stopped = callers.admin.post(f"{AT}/{name}/stop", json={"note": "too dear"})
        assert stopped.json()["data"] == {"success": True, "name": name, "status": "offline", "state": "stopped"}
        task = activity(callers.admin, name)
        other = activity(callers.admin, "researcher")

        def look(activity_id: str) -> Json:
            found: Json = callers.admin.get(f"{ACTIVITIES}/{activity_id}").json()
            return found

        callers.admin.until(lambda: look(other), lambda seen: seen["status"] in {"done", "failed"})
        assert (look(task)["status"], look(task)["runs"]) == ("assigned", [])
        assert callers.admin.get(f"/dashboard/v1/agents/{name}").json()["status"] == "terminated"
        started = callers.admin.post(f"{AT}/{name}/start")
        assert started.json()["data"]["state"] == "started"
        ended = callers.admin.until(lambda: look(task), lambda seen: seen["status"] in {"done", "failed"})
        assert len(ended["runs"]) == 1
        agent = one(callers.admin, name)
        assert agent["completed_tasks"] + agent["failed_tasks"] == 1
        assert agent["completion_rate"] in {0, 1}

    def test_is_written_to_the_log_with_the_note(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        for verb in STATES:
            assert callers.admin.post(f"{AT}/{name}/{verb}", json={"note": f"note of {verb}"}).status_code == 200
        lines = callers.admin.get("/api/logs", params={"agent": name, "source": "db"}).json()["data"]
        said = [line["message"] for line in lines]
        assert len(said) == 4
        assert [message.rpartition(": ")[2] for message in said[:3]] == [f"note of {verb}" for verb in STATES[::-1]]

    @pytest.mark.parametrize("verb", STATES)
    def test_refuses_invalid_names_and_does_not_find_unknown_ones(self, callers: Callers, verb: str) -> None:
        for name in ("a%20b", "-felix", "%2E%2Ex", "x" * 65):
            answer: Answer = callers.admin.post(f"{AT}/{name}/{verb}")
            assert answer.status_code == 400, name
            assert error_of(answer)["details"][0]["field"] == "name"
        assert callers.admin.post(f"{AT}/{new_name()}/{verb}").status_code == 404
        assert callers.admin.post(f"{AT}/researcher/{verb}", json={"note": 7}).status_code == 400


class TestIdleCheck:
    def test_needs_an_agents_name_but_no_key(self, client: TestClient, callers: Callers) -> None:
        missing = client.get(CHECK)
        assert missing.status_code == 400
        assert error_of(missing)["details"][0]["field"] == "agent_name"
        name = made(callers.admin)["agent"]["name"]
        callers.admin.post(f"{AT}/{name}/stop")
        known, unknown = (client.get(CHECK, params={"agent_name": one}).json()["data"] for one in (name, new_name()))
        assert {**known, "agent_name": ""} == {**unknown, "agent_name": ""}, "without a key, all agents look alike"
        assert known["should_skip"] is False
        wrong = client.get(CHECK, params={"agent_name": name}, headers={"Authorization": "Bearer nothing"})
        assert wrong.status_code == 401

    def test_says_whether_there_is_something_to_do(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        mine = callers.agent(name)
        assert (checked(mine, name)["should_skip"], checked(mine, name)["open_tasks"]) == (True, 0)
        assert checked(mine, name, run_mode="discovery")["should_skip"] is False
        activity(callers.admin, name)
        assert (checked(mine, name)["should_skip"], checked(mine, name)["open_tasks"]) == (False, 1)
        callers.admin.post(f"{AT}/{name}/stop")
        assert checked(mine, name)["should_skip"] is True
        assert "stopped" in checked(mine, name, run_mode="discovery")["reason"]

    def test_knows_no_agents_but_the_callers(self, callers: Callers) -> None:
        name = made(callers.admin)["agent"]["name"]
        activity(callers.admin, name)
        for caller in (callers.stranger, callers.agent("adros_cd")):
            assert checked(caller, name)["reason"] == f"there is no agent {name!r}"
        assert "open_tasks" in checked(callers.searcher, name)
        assert checked(callers.searcher, name)["open_tasks"] is None
