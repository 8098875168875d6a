"""/api/users and /api/organizations."""

from __future__ import annotations

from uuid import uuid4

from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import Entrance, error_of

DATASETS = "/dashboard/v1/knowledge-base/datasets"


class TestUsers:
    def test_are_listed_in_the_envelope(self, entrance: Entrance, callers: Callers) -> None:
        somebody = entrance.somebody()
        body = callers.member.get("/api/users").json()
        assert somebody.id in {user["id"] for user in body["data"]}
        assert set(body["meta"]) == {"total", "limit", "offset"}
        assert callers.agent("writer").get("/api/users").status_code == 403
        assert somebody.id not in {user["id"] for user in callers.stranger.get("/api/users").json()["data"]}

    def test_of_others_are_not_there(self, entrance: Entrance, callers: Callers) -> None:
        somebody = entrance.somebody()
        foreign = callers.stranger.get(f"/api/users/{somebody.id}")
        unknown = callers.stranger.get("/api/users/99999999")
        assert foreign.status_code == unknown.status_code == 404
        assert error_of(foreign)["message"].replace(str(somebody.id), "N") == error_of(unknown)["message"].replace(
            "99999999", "N"
        )

    def test_are_changed_by_administrators(self, entrance: Entrance, callers: Callers) -> None:
        somebody = entrance.somebody()
        caller = somebody.sign_in()
        assert caller.patch(f"/api/users/{somebody.id}", json={"role": "admin"}).status_code == 403
        changed = callers.admin.patch(f"/api/users/{somebody.id}", json={"username": "Countess", "role": "viewer"})
        assert changed.json()["data"]["role"] == "viewer"
        assert caller.post(DATASETS, json={"name": "x"}).status_code == 403
        assert callers.admin.patch(f"/api/users/{somebody.id}", json={"role": "agent"}).status_code == 400
        assert callers.admin.patch(f"/api/users/{somebody.id}", json={"role": "king"}).status_code == 400

    def test_are_deleted_but_not_by_themselves(self, entrance: Entrance, callers: Callers) -> None:
        chief = entrance.somebody("admin")
        caller = chief.sign_in()
        assert caller.delete(f"/api/users/{chief.id}").status_code == 403
        assert caller.delete("/api/users/me").status_code == 403
        assert callers.admin.delete(f"/api/users/{chief.id}").status_code == 200
        assert caller.get(DATASETS).status_code == 401

    def test_may_be_forgotten(self, entrance: Entrance, callers: Callers) -> None:
        somebody = entrance.somebody()
        assert somebody.sign_in().delete("/api/users/me").status_code == 200
        assert callers.admin.get(f"/api/users/{somebody.id}").status_code == 404
        assert somebody.email not in callers.admin.get("/dashboard/v1/team").text


def made(caller: Caller) -> Json:
    answer = caller.post("/api/organizations", json={"name": f"Harbour {uuid4()}"})
    assert answer.status_code == 201, answer.text
    data: Json = answer.json()["data"]
    return data


class TestOrganizations:
    def test_belong_to_who_makes_them(self, entrance: Entrance, callers: Callers) -> None:
        owner, other = entrance.somebody().sign_in(), entrance.somebody().sign_in()
        organization = made(owner)
        at = f"/api/organizations/{organization['id']}"
        assert organization["role"] == "owner"
        assert organization["member_count"] == 1
        assert other.get(at).status_code == 404
        assert callers.stranger.get(at).status_code == 404
        assert [one["id"] for one in owner.get("/api/organizations").json()["data"]] == [organization["id"]]
        assert other.get("/api/organizations").json()["meta"]["total"] == 0

    def test_have_slugs_of_their_own(self, entrance: Entrance) -> None:
        owner = entrance.somebody().sign_in()
        slug = f"s-{uuid4()}"
        assert owner.post("/api/organizations", json={"name": "a", "slug": slug}).status_code == 201
        again = owner.post("/api/organizations", json={"name": "b", "slug": slug})
        assert again.status_code == 409
        assert error_of(again)["code"] == "SLUG_TAKEN"

    def test_take_members_and_keep_an_owner(self, entrance: Entrance, callers: Callers) -> None:
        chief, somebody = entrance.somebody(), entrance.somebody()
        owner = chief.sign_in()
        at = f"/api/organizations/{made(owner)['id']}"
        added = owner.post(f"{at}/members", json={"user_id": str(somebody.id), "role": "viewer"})
        assert added.status_code == 201
        assert owner.post(f"{at}/members", json={"user_id": str(somebody.id)}).status_code == 409
        viewer = somebody.sign_in()
        assert viewer.get(at).status_code == 200
        assert viewer.patch(at, json={"name": "mine"}).status_code == 403
        assert owner.delete(f"{at}/members/{chief.id}").status_code == 409
        assert owner.patch(f"{at}/members/{somebody.id}", json={"role": "admin"}).json()["data"]["role"] == "admin"
        assert viewer.patch(at, json={"name": "mine"}).status_code == 200
        assert viewer.delete(at).status_code == 403
        assert owner.delete(f"{at}/members/{somebody.id}").status_code == 200
        assert viewer.get(at).status_code == 404
        assert owner.delete(at).status_code == 200
        assert owner.get(at).status_code == 404

    def test_invite_by_mail(self, entrance: Entrance) -> None:
        owner, guest = entrance.somebody().sign_in(), entrance.somebody()
        at = f"/api/organizations/{made(owner)['id']}"
        sent = owner.post(f"{at}/invites", json={"email": guest.email, "role": "member"})
        assert sent.status_code == 201
        assert owner.post(f"{at}/invites", json={"email": guest.email}).status_code == 409
        token = sent.json()["data"]["invite_url"].partition("#")[2]
        accept = f"/api/organizations/invites/{token}/accept"
        assert owner.post(accept).status_code == 404
        assert guest.sign_in().post(accept).json()["data"]["role"] == "member"
        assert guest.sign_in().post(accept).status_code == 404
        assert owner.get(f"{at}/invites").json()["data"] == []


class TestOrganizationKeys:
    def test_live_and_end(self, entrance: Entrance, client: TestClient) -> None:
        owner = entrance.somebody().sign_in()
        at = f"/api/organizations/{made(owner)['id']}/api-keys"
        answer = owner.post(at, json={"name": "CI", "scopes": ["knowledge:search", "knowledge:read"]})
        assert answer.status_code == 201
        key = answer.json()["data"]
        holder = Caller(client, key["raw_key"])
        assert holder.get(DATASETS).status_code == 200
        assert key["raw_key"] not in owner.get(f"{at}/{key['id']}").text
        rotated = owner.post(f"{at}/{key['id']}/rotate", json={"grace_hours": 1}).json()["data"]
        assert holder.get(DATASETS).status_code == 200
        rolled = owner.post(f"{at}/{rotated['id']}/roll").json()["data"]
        assert Caller(client, rotated["raw_key"]).get(DATASETS).status_code == 401
        third = Caller(client, rolled["raw_key"])
        third.get(f"{DATASETS}/nothing")
        assert owner.patch(f"{at}/{rolled['id']}", json={"is_active": False}).json()["data"]["is_active"] is False
        assert third.get(DATASETS).status_code == 401
        assert owner.delete(f"{at}/{rolled['id']}").status_code == 200
        assert rolled["id"] not in {one["id"] for one in owner.get(at).json()["data"]}
        assert isinstance(owner.get(f"{at}/{key['id']}/usage").json()["data"], list)

    def test_never_have_more_than_who_makes_them(self, entrance: Entrance) -> None:
        owner = entrance.somebody().sign_in()
        at = f"/api/organizations/{made(owner)['id']}/api-keys"
        assert owner.post(at, json={"name": "x", "scopes": ["knowledge:manage"]}).status_code == 400
        reviewer = entrance.somebody("reviewer").sign_in()
        theirs = f"/api/organizations/{made(reviewer)['id']}/api-keys"
        assert reviewer.post(theirs, json={"name": "x", "scopes": ["knowledge:write"]}).status_code == 403
        key = reviewer.post(theirs, json={"name": "x"}).json()["data"]
        assert key["scopes"] == ["knowledge:read", "knowledge:search"]

    def test_are_for_admins_of_the_organization(self, entrance: Entrance) -> None:
        owner, other = entrance.somebody().sign_in(), entrance.somebody().sign_in()
        assert other.get(f"/api/organizations/{made(owner)['id']}/api-keys").status_code == 404


class TestActivityLog:
    def test_takes_records_in_the_senders_name(self, callers: Callers) -> None:
        body = {"actor_type": "agent", "actor_id": "felix", "action": "deployed", "entity_type": "site"}
        made = callers.admin.post("/api/activity-log", json=body)
        assert made.status_code == 201
        data = made.json()["data"]
        assert data["action"] == "deployed"
        assert data["metadata"]["actor_id"] == "felix"
        assert data["actor_id"] == callers.principal.user_id
        stats = callers.admin.get("/api/activity-log/stats").json()["data"]
        assert stats["by_action"]["deployed"] >= 1
        assert callers.agent("writer").get("/api/activity-log").status_code == 403

    def test_errors_are_in_the_platforms_envelope(self, callers: Callers, client: TestClient) -> None:
        assert error_of(client.get("/api/users"))["code"] == "UNAUTHENTICATED"
        assert error_of(callers.admin.get("/api/nothing-here"))["code"] == "NOT_FOUND"
        assert error_of(callers.admin.get("/api/users/one"))["details"][0]["field"] == "id"
