"""/workspaces/{id}/tokens, /admin/workspaces and /workspaces/{id}."""

from __future__ import annotations

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json, path_of

UNKNOWN = "01KAAAAAAAAAAAAAAAAAAAAAAA"
DATASETS = "/dashboard/v1/knowledge-base/datasets"


@pytest.fixture
def workspace(callers: Callers) -> Json:
    return made(callers.admin)


def made(caller: Caller, **fields: str) -> Json:
    answer = caller.post("/admin/workspaces", json={"name": f"Desk {uuid4()}", **fields})
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    return body


def minted(client: TestClient, callers: Callers, workspace: Json) -> tuple[Caller, Json]:
    answer = callers.admin.post(f"/admin/workspaces/{workspace['id']}/tokens")
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    return Caller(client, body["token"]), body


class TestMinting:
    def test_is_for_who_manages_the_tenant(self, callers: Callers, workspace: Json) -> None:
        at = f"/admin/workspaces/{workspace['id']}/tokens"
        assert callers.member.post(at).status_code == 403
        assert callers.agent("writer").post(at).status_code == 403
        assert callers.with_key(role="admin", agent_role="writer").post(at).status_code == 403
        assert callers.stranger.post(at).status_code == 404

    def test_shows_the_token_this_once(self, client: TestClient, callers: Callers, workspace: Json) -> None:
        holder, token = minted(client, callers, workspace)
        listed = holder.get(f"/workspaces/{workspace['id']}/tokens")
        assert token["token"] not in listed.text
        assert [one["id"] for one in listed.json()["tokens"]] == [token["id"]]
        assert listed.json()["tokens"][0]["token"].endswith("…")


class TestTokens:
    def test_make_and_end_others_of_their_workspace(
        self, client: TestClient, callers: Callers, workspace: Json
    ) -> None:
        first, token = minted(client, callers, workspace)
        at = f"/workspaces/{workspace['id']}/tokens"
        made_by_it = first.post(at, json={"name": "night shift"})
        assert made_by_it.status_code == 201
        second = Caller(client, made_by_it.json()["token"])
        assert second.delete(f"{at}/{token['id']}").json() == {"id": token["id"], "revoked": True}
        assert first.get(at).status_code == 401
        assert [one["name"] for one in second.get(at).json()["tokens"]] == ["night shift"]
        assert second.delete(f"{at}/{UNKNOWN}").status_code == 404

    def test_reach_no_further_than_their_workspace(self, client: TestClient, callers: Callers, workspace: Json) -> None:
        holder, token = minted(client, callers, workspace)
        other = made(callers.admin)
        _, foreign = minted(client, callers, other)
        unknown = holder.get(f"/workspaces/{UNKNOWN}/tokens")
        for path in (f"/workspaces/{other['id']}/tokens",):
            answer = holder.get(path)
            assert answer.status_code == unknown.status_code == 404
            assert answer.json()["error"].replace(other["id"], "W") == unknown.json()["error"].replace(UNKNOWN, "W")
        assert holder.delete(f"/workspaces/{workspace['id']}/tokens/{foreign['id']}").status_code == 404
        assert callers.stranger.get(f"/workspaces/{workspace['id']}/tokens").status_code == 404
        assert callers.member.get(f"/workspaces/{workspace['id']}/tokens").status_code == 404
        for path in ("/dashboard/v1/team", "/dashboard/v1/audit-log", "/api/users", "/admin/workspaces"):
            assert holder.get(path).status_code == 403, path
        assert [key["id"] for key in holder.get("/dashboard/v1/access-keys").json()["data"]] == [token["id"]]

    def test_read_what_their_agents_role_may(self, client: TestClient, callers: Callers, dataset: Json) -> None:
        support = made(callers.admin, agent_role="support")
        at_support, _ = minted(client, callers, support)
        elsewhere, _ = minted(client, callers, made(callers.admin))
        callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["support"]})
        assert at_support.get(path_of(dataset)).status_code == 200
        assert elsewhere.get(path_of(dataset)).status_code == 404
        callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["*"]})
        assert elsewhere.get(path_of(dataset)).status_code == 200
        assert at_support.post(DATASETS, json={"name": "mine"}).status_code == 403

    def test_are_words_of_a_flat_envelope(self, callers: Callers, client: TestClient) -> None:
        for answer in (client.get("/workspaces/x/tokens"), callers.admin.get("/workspaces/x/nothing")):
            assert set(answer.json()) == {"error", "code", "details", "request_id"}
        refused = callers.admin.post("/admin/workspaces", json={"name": " "})
        assert refused.json()["details"][0]["field"] == "name"


class TestListing:
    def test_shows_a_managers_own_tenant(self, callers: Callers, workspace: Json) -> None:
        ids = {one["id"] for one in callers.admin.get("/admin/workspaces").json()["workspaces"]}
        assert workspace["id"] in ids
        assert callers.stranger.get("/admin/workspaces").json() == {"workspaces": []}


class TestGetting:
    def test_is_for_its_tokens_and_managers(self, client: TestClient, callers: Callers, workspace: Json) -> None:
        at = f"/workspaces/{workspace['id']}"
        holder, _ = minted(client, callers, workspace)
        elsewhere, _ = minted(client, callers, made(callers.admin))
        assert holder.get(at).json() == callers.admin.get(at).json() == workspace
        for caller in (elsewhere, callers.stranger, callers.member, callers.agent("writer")):
            assert caller.get(at).status_code == 404
        assert client.get(at).status_code == 401
