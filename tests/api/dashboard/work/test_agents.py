"""Agents as the dashboard documents them: shapes, rights, what a tenant changes and what comes of it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of
from tests.api.conftest import ADMIN_KEY
from tests.api.dashboard.work.office import ACTIVITIES, asked, settled
from tests.api.dashboard.work.shapes import AGENT, AGENT_DETAIL, AGENT_TEST, ListOf, departures

AGENTS = "/dashboard/v1/agents"


@pytest.fixture
def chief(client: TestClient, runtime: Runtime) -> Caller:
    """An administrator of a tenant whose agents are nobody else's."""
    return Callers(client, runtime, admin_token=ADMIN_KEY).stranger


class TestEveryOperation:
    OPERATIONS = (
        ("GET", AGENTS), ("GET", f"{AGENTS}/researcher"), ("PATCH", f"{AGENTS}/researcher"),
        ("POST", f"{AGENTS}/researcher/test"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_that_may(self, client: TestClient, callers: Callers, method: str, path: str) -> None:
        assert client.request(method, path, json={}).status_code == 401
        assert callers.searcher.request(method, path, json={}).status_code == 403
        assert callers.reviewer.request(method, path, json={}).status_code == (403 if method == "PATCH" else 200)

    @pytest.mark.parametrize(("method", "path"), OPERATIONS[1:])
    def test_is_about_agents_that_are_there(self, callers: Callers, method: str, path: str) -> None:
        answer = callers.admin.request(method, path.replace("researcher", "nobody"), json={})
        assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestList:
    def test_has_the_published_shape_and_those_from_outside(self, callers: Callers) -> None:
        callers.agent("painter")
        body = callers.reviewer.get(AGENTS).json()
        assert list(departures(body, {"data": ListOf(AGENT)})) == []
        shown = {one["role"]: (one["adapterType"], one["status"]) for one in body["data"]}
        assert shown["adros_deployer"] == shown["painter"] == ("outside", "active")
        assert shown["researcher"][0] == "extractive"

    def test_shows_an_agent_itself_alone_and_nothing_of_other_tenants(self, callers: Callers, chief: Caller) -> None:
        painter = callers.agent("painter")
        assert [one["role"] for one in painter.get(AGENTS).json()["data"]] == ["painter"]
        assert painter.get(f"{AGENTS}/researcher").status_code == 404
        assert chief.get(f"{AGENTS}/painter").status_code == 404


class TestUpdate:
    @pytest.mark.parametrize(
        "body",
        [
            {"concurrency": 0}, {"concurrency": 11}, {"toolNames": ["hammer"]}, {"adapterType": "magic"},
            {"adapterConfig": {"timeoutSec": 0}}, {"adapterConfig": {"maxTurnsPerRun": 0}}, {"status": "idle"},
            {"maxCostUsdPerActivity": -1},
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be(self, chief: Caller, body: Json) -> None:
        assert error_of(chief.patch(f"{AGENTS}/researcher", json=body))["code"] == "VALIDATION_ERROR"

    def test_is_not_for_keys_that_are_narrowed(self, callers: Callers, dataset: Json) -> None:
        narrowed = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        agent = callers.with_key(role="admin", agent_role="researcher")
        for caller in (narrowed, agent):
            assert caller.patch(f"{AGENTS}/researcher", json={"concurrency": 2}).status_code == 403

    def test_keeps_what_it_does_not_name_and_is_for_one_tenant(self, callers: Callers, chief: Caller) -> None:
        before = chief.get(f"{AGENTS}/adros_cd").json()
        assert (list(departures(before, AGENT_DETAIL)), before["isGlobalDefault"]) == ([], True)
        config = {"promptTemplate": "Be brief.", "timeoutSec": 30}
        chief.patch(f"{AGENTS}/adros_cd", json={"concurrency": 3, "adapterConfig": config})
        after = chief.patch(f"{AGENTS}/adros_cd", json={"adapterConfig": {"timeoutSec": None}}).json()
        assert list(departures(after, AGENT_DETAIL)) == []
        assert (after["concurrency"], after["isGlobalDefault"]) == (3, False)
        assert (after["adapterConfig"]["promptTemplate"], after["adapterConfig"]["timeoutSec"]) == ("Be brief.", None)
        assert callers.admin.get(f"{AGENTS}/adros_cd").json()["isGlobalDefault"] is True

    def test_has_an_agents_activities_done_here_or_not(self, chief: Caller) -> None:
        chief.patch(f"{AGENTS}/adros_cmo", json={"adapterType": "extractive"})
        assert settled(chief, asked(chief, agentRole="adros_cmo"))["status"] == "done"
        chief.patch(f"{AGENTS}/adros_cmo", json={"adapterType": "outside"})
        activity = asked(chief, agentRole="adros_cmo")
        assert chief.get(f"{ACTIVITIES}/{activity}").json()["status"] == "assigned"

    def test_keeps_a_key_that_is_never_shown_and_goes_with_its_server(self, chief: Caller) -> None:
        config = {"baseUrl": "https://models.example/v1", "apiKey": "sk-nobody-reads-this"}
        answer = chief.patch(f"{AGENTS}/adros_ceo", json={"adapterType": "openai", "adapterConfig": config})
        assert answer.status_code == 200
        assert "sk-nobody" not in answer.text + chief.get(f"{AGENTS}/adros_ceo").text + chief.get(AGENTS).text
        assert answer.json()["adapterConfig"]["env"] == {"apiKey": "[redacted]"}
        chief.patch(f"{AGENTS}/adros_ceo", json={"adapterConfig": {"timeoutSec": 30}})
        kept = chief.get(f"{AGENTS}/adros_ceo").json()["adapterConfig"]
        assert (kept["env"], kept["baseUrl"]) == ({"apiKey": "[redacted]"}, "https://models.example/v1")
        moved = chief.patch(f"{AGENTS}/adros_ceo", json={"adapterConfig": {"baseUrl": "https://elsewhere.example/v1"}})
        assert moved.json()["adapterConfig"]["env"] == {}

    @pytest.mark.parametrize("url", ["ftp://models.example", "https://me:secret@models.example", "models"])
    def test_takes_no_address_that_is_none(self, chief: Caller, url: str) -> None:
        answer = chief.patch(f"{AGENTS}/adros_ceo", json={"adapterConfig": {"baseUrl": url}})
        assert (answer.status_code, error_of(answer)["code"]) == (400, "ADDRESS_REFUSED")

    def test_bounds_what_a_run_may_take(self, callers: Callers, chief: Caller) -> None:
        dataset = {"name": "d", "allowedAgentRoles": ["*"]}
        assert chief.post("/dashboard/v1/knowledge-base/datasets", json=dataset).status_code == 201
        chief.patch(f"{AGENTS}/researcher", json={"adapterConfig": {"maxTurnsPerRun": 1}})
        body = settled(chief, asked(chief))
        assert (body["status"], body["runs"][-1]["error"]) == (
            "failed", "no answer after 1 turns, and a run may take 1",
        )  # fmt: skip
        failed = chief.get(f"{AGENTS}/researcher").json()
        assert (failed["status"], failed["lastErrorMessage"]) == ("error", body["runs"][-1]["error"])
        chief.patch(f"{AGENTS}/researcher", json={"adapterConfig": {"maxTurnsPerRun": None}})
        assert settled(chief, asked(chief))["status"] == "done"
        assert chief.get(f"{AGENTS}/researcher").json()["status"] == "idle"

    def test_takes_tools_away(self, chief: Caller) -> None:
        view = chief.patch(f"{AGENTS}/researcher", json={"toolNames": ["read_around"]}).json()
        assert view["toolNames"] == ["read_around"]
        body = settled(chief, asked(chief))
        assert body["outputPreview"].startswith("There is no dataset that this agent may search.")


class TestTest:
    def test_says_what_is_missing(self, callers: Callers, chief: Caller) -> None:
        outside = chief.post(f"{AGENTS}/adros_deployer/test").json()
        assert list(departures(outside, AGENT_TEST)) == []
        assert (outside["ok"], outside["checks"][0]["name"]) == (False, "adapter")
        chief.patch(f"{AGENTS}/adros_cd", json={"adapterType": "anthropic"})
        unset = chief.post(f"{AGENTS}/adros_cd/test").json()
        assert (unset["ok"], "CAIRN_ANTHROPIC_KEY" in unset["message"]) == (False, True)
        callers.admin.post(
            "/dashboard/v1/knowledge-base/datasets", json={"name": "for researchers", "allowedAgentRoles": ["*"]}
        )
        ready = callers.admin.post(f"{AGENTS}/researcher/test").json()
        assert (ready["ok"], {one["name"] for one in ready["checks"]}) == (
            True, {"adapter", "datasets", "tools", "state"},
        )  # fmt: skip

    def test_says_that_it_was_stopped(self, callers: Callers) -> None:
        callers.admin.post("/api/agents/adros_cmo/stop")
        stopped = callers.admin.post(f"{AGENTS}/adros_cmo/test").json()
        assert ({"name": "state", "ok": False, "detail": "it is stopped: start it"}) in stopped["checks"]
        callers.admin.post("/api/agents/adros_cmo/start")
        started = callers.admin.post(f"{AGENTS}/adros_cmo/test").json()
        assert ({"name": "state", "ok": True, "detail": "started"}) in started["checks"]
