"""/api/teams."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import Entrance, error_of


def made(caller: Caller, name: str | None = None) -> Json:
    answer = caller.post("/api/teams", json={"name": name or f"Crew {uuid4()}", "description": "Keeps the lanterns"})
    assert answer.status_code == 201, answer.text
    data: Json = answer.json()["data"]
    return data


class TestTeams:
    def test_belong_to_who_makes_them(self, entrance: Entrance) -> None:
        owner = entrance.somebody().sign_in()
        team = made(owner)
        assert isinstance(team["id"], int)
        assert (team["role"], team["member_count"]) == ("owner", 1)

    def test_are_seen_by_the_whole_tenant_and_nobody_else(self, entrance: Entrance, callers: Callers) -> None:
        team = made(entrance.somebody().sign_in())
        at = f"/api/teams/{team['id']}"
        assert entrance.somebody().sign_in().get(at).json()["data"]["role"] is None
        unknown = callers.stranger.get("/api/teams/99999999")
        for caller in (callers.stranger, callers.agent("writer"), callers.with_key(role="admin", agent_role="writer")):
            foreign = caller.get(at)
            assert foreign.status_code == unknown.status_code == 404
            told = error_of(foreign)["message"].replace(str(team["id"]), "N")
            assert told == error_of(unknown)["message"].replace("99999999", "N")
            assert caller.get("/api/teams").json()["meta"]["total"] == 0

    def test_are_listed_page_by_page_and_found_by_a_part_of_the_name(self, entrance: Entrance) -> None:
        owner, mark = entrance.somebody().sign_in(), uuid4().hex
        numbers = [made(owner, f"Crew {mark} {n} 100%")["id"] for n in range(3)]
        body = owner.get("/api/teams", params={"name": mark.upper(), "limit": 2, "offset": 1}).json()
        assert [team["id"] for team in body["data"]] == numbers[1:]
        assert body["meta"] == {"total": 3, "limit": 2, "offset": 1}
        assert owner.get("/api/teams", params={"name": f"{mark} _ 100"}).json()["meta"]["total"] == 0
        assert owner.get("/api/teams", params={"name": "2 100%"}).json()["data"][0]["id"] == numbers[2]

    def test_get_numbers_of_their_own_when_made_at_once(self, entrance: Entrance) -> None:
        owner = entrance.somebody().sign_in()
        with ThreadPoolExecutor(8) as pool:
            numbers = [team["id"] for team in pool.map(lambda _: made(owner), range(16))]
        assert len(set(numbers)) == 16

    def test_need_a_person(self, callers: Callers) -> None:
        assert callers.member.post("/api/teams", json={"name": "x"}).status_code == 404


class TestMembers:
    def test_join_with_a_role_and_are_shown_with_the_team(self, entrance: Entrance, callers: Callers) -> None:
        owner, somebody = entrance.somebody().sign_in(), entrance.somebody()
        at = f"/api/teams/{made(owner)['id']}"
        added = owner.post(f"{at}/members", json={"user_id": somebody.id, "role": "admin"})
        assert added.status_code == 201
        assert added.json()["data"]["user_id"] == somebody.id
        assert owner.post(f"{at}/members", json={"user_id": somebody.id}).status_code == 409
        assert owner.post(f"{at}/members", json={"user_id": 99999999}).status_code == 404
        assert owner.post(f"{at}/members", json={"user_id": str(somebody.id)}).status_code == 400
        team = callers.member.get(at).json()["data"]
        assert team["member_count"] == 2
        assert team["members"] == callers.member.get(f"{at}/members").json()["data"]
        assert [one["role"] for one in team["members"]] == ["owner", "admin"]

    def test_rule_only_as_far_as_their_role(self, entrance: Entrance, callers: Callers) -> None:
        owner, chief, somebody = entrance.somebody().sign_in(), entrance.somebody(), entrance.somebody()
        at = f"/api/teams/{made(owner)['id']}"
        owner.post(f"{at}/members", json={"user_id": chief.id, "role": "admin"})
        admin, outsider = chief.sign_in(), somebody.sign_in()
        assert outsider.patch(at, json={"name": "mine"}).status_code == 403
        assert outsider.get(f"{at}/invites").status_code == 403
        assert outsider.delete(at).status_code == 403
        assert admin.post(f"{at}/members", json={"user_id": somebody.id, "role": "owner"}).status_code == 403
        assert admin.post(f"{at}/invites", json={"email": "a@example.org", "role": "owner"}).status_code == 403
        assert admin.patch(at, json={"name": "Ours", "description": ""}).json()["data"]["description"] is None
        assert callers.admin.patch(at, json={"name": "Everybody's"}).status_code == 200
        assert admin.delete(at).status_code == 200
        assert owner.get(at).status_code == 404


class TestInvites:
    def test_are_taken_once_by_who_was_meant(self, entrance: Entrance) -> None:
        owner, guest = entrance.somebody().sign_in(), entrance.somebody()
        at = f"/api/teams/{made(owner)['id']}"
        sent = owner.post(f"{at}/invites", json={"email": guest.email, "role": "member"})
        assert sent.status_code == 201
        assert sent.json()["data"]["is_sent"] is True
        assert [one["email"] for one in owner.get(f"{at}/invites").json()["data"]] == [guest.email]
        token = sent.json()["data"]["invite_url"].partition("#")[2]
        accept = f"/api/teams/invites/{token}/accept"
        assert owner.post(accept).status_code == 404
        assert owner.post(f"/api/organizations/invites/{token}/accept").status_code == 404
        assert guest.sign_in().post(accept).json()["data"]["role"] == "member"
        assert guest.sign_in().post(accept).status_code == 404
        assert owner.get(f"{at}/invites").json()["data"] == []
