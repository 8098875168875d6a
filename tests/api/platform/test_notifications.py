"""/api/notifications."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import Entrance, error_of

AT = "/api/notifications"
FIELDS = {
    "id": str, "title": str, "message": str, "type": str, "source": str, "link": str | None, "read": bool,
    "read_at": str | None, "created_by": str, "created_at": str,
}  # fmt: skip


def made(caller: Caller, **fields: Any) -> Json:
    answer = caller.post(AT, json={"title": "Reminder", "message": "Look at the ovens.", **fields})
    assert answer.status_code == 201, answer.text
    data: Json = answer.json()["data"]
    return data


def listed(caller: Caller, **params: Any) -> list[Json]:
    answer = caller.get(AT, params=params)
    assert answer.status_code == 200, answer.text
    data: list[Json] = answer.json()["data"]
    return data


def unread(caller: Caller) -> int:
    return int(caller.get(f"{AT}/unread-count").json()["data"]["count"])


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", AT), ("POST", AT), ("GET", f"{AT}/unread-count"), ("PATCH", f"{AT}/read-all"), ("PATCH", f"{AT}/x")],
    )
    def test_needs_a_key_with_the_right(self, client: TestClient, callers: Callers, method: str, path: str) -> None:
        assert client.request(method, path).status_code == 401
        body = {"read": True} if path.endswith("/x") else {"title": "a", "message": "b"}
        assert callers.searcher.request(method, path, json=body).status_code == 403

    def test_lets_a_reviewer_read_and_mark_but_not_write(self, entrance: Entrance) -> None:
        reviewer = entrance.somebody("reviewer").sign_in()
        assert reviewer.post(AT, json={"title": "a", "message": "b"}).status_code == 403
        assert listed(reviewer) == []
        assert reviewer.patch(f"{AT}/read-all").json()["data"] == {"success": True, "updated": 0}


class TestCreating:
    def test_answers_with_every_field(self, entrance: Entrance) -> None:
        caller = entrance.somebody().sign_in()
        data = made(caller, type="warning", source="kitchen", link="https://example.org/a?b=c#d")
        assert set(data) == set(FIELDS)
        for name, kind in FIELDS.items():
            assert isinstance(data[name], kind), name
        assert (data["type"], data["source"], data["read"]) == ("warning", "kitchen", False)
        assert listed(caller) == [data]

    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"title": " "}, "title"), ({"message": ""}, "message"), ({"type": "loud"}, "type"),
            ({"title": None}, "title"), ({"source": 7}, "source"), ({"colour": "red"}, "colour"),
            ({"link": "javascript:alert(1)"}, "link"), ({"link": "//example.org"}, "link"),
            ({"link": "/\\example.org"}, "link"), ({"link": "data:text/html,x"}, "link"),
            ({"user_id": 99999999}, "user_id"), ({"user_id": "1"}, "user_id"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_acceptable(self, callers: Callers, fields: Json, named: str) -> None:
        answer = callers.member.post(AT, json={"title": "a", "message": "b", **fields})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == named

    def test_is_for_whom_it_names(self, entrance: Entrance, callers: Callers) -> None:
        somebody, sender = entrance.somebody(), entrance.somebody().sign_in()
        data = made(sender, user_id=somebody.id)
        assert [one["id"] for one in listed(somebody.sign_in())] == [data["id"]]
        assert listed(sender) == []
        elsewhere = callers.stranger.post(AT, json={"title": "a", "message": "b", "user_id": somebody.id})
        assert elsewhere.status_code == 400, "people of other tenants are nobody"

    def test_by_an_agent_is_for_administrators(self, entrance: Entrance, callers: Callers) -> None:
        chief, member = entrance.somebody("admin").sign_in(), entrance.somebody().sign_in()
        agent = callers.agent("adros_cd")
        title = made(agent, title="The oven is cold")["title"]
        assert title in [one["title"] for one in listed(chief)]
        assert listed(chief)[0]["created_by"] == "adros_cd"
        assert listed(member) == []
        assert title not in [one["title"] for one in listed(agent)]

    def test_is_not_for_keys_that_are_held_to_datasets(self, callers: Callers, dataset: Json) -> None:
        held = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        assert held.post(AT, json={"title": "a", "message": "b"}).status_code == 403


class TestReading:
    def test_is_of_ones_own(self, entrance: Entrance, callers: Callers) -> None:
        mine = entrance.somebody().sign_in()
        data = made(mine)
        for other in (entrance.somebody("admin").sign_in(), callers.admin, callers.stranger, callers.agent("adros_cd")):
            assert data["id"] not in [one["id"] for one in listed(other)]
            foreign = other.patch(f"{AT}/{data['id']}", json={"read": True})
            unknown = other.patch(f"{AT}/01KAAAAAAAAAAAAAAAAAAAAAAA", json={"read": True})
            assert foreign.status_code == unknown.status_code == 404
            said = error_of(foreign)["message"].replace(data["id"], "01KAAAAAAAAAAAAAAAAAAAAAAA")
            assert said == error_of(unknown)["message"]
            other.patch(f"{AT}/read-all")
        assert unread(mine) == 1

    def test_comes_in_pages_and_narrowed(self, entrance: Entrance) -> None:
        caller = entrance.somebody().sign_in()
        ids = [made(caller, type=kind)["id"] for kind in ("info", "error", "info", "success")][::-1]
        body = caller.get(AT, params={"limit": 2, "offset": 1}).json()
        assert [one["id"] for one in body["data"]] == ids[1:3]
        assert body["meta"] == {"total": 4, "limit": 2, "offset": 1}
        assert [one["id"] for one in listed(caller, type="info")] == [ids[1], ids[3]]
        caller.patch(f"{AT}/{ids[0]}", json={"read": True})
        assert [one["id"] for one in listed(caller, read="true")] == ids[:1]
        assert [one["id"] for one in listed(caller, read="false")] == ids[1:]
        assert unread(caller) == 3

    @pytest.mark.parametrize("params", [{"read": "yes"}, {"type": "loud"}, {"limit": 0}, {"offset": -1}])
    def test_refuses_other_conditions(self, callers: Callers, params: Json) -> None:
        answer = callers.member.get(AT, params=params)
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == next(iter(params))

    def test_is_noted_and_taken_back(self, entrance: Entrance) -> None:
        caller = entrance.somebody().sign_in()
        one, _ = made(caller), made(caller)
        assert caller.patch(f"{AT}/read-all").json()["data"] == {"success": True, "updated": 2}
        assert unread(caller) == 0
        again = caller.patch(f"{AT}/{one['id']}", json={"read": False}).json()["data"]
        assert (again["read"], again["read_at"]) == (False, None)
        assert unread(caller) == 1


class TestWhatHappens:
    def test_to_ones_activity_is_told(self, entrance: Entrance) -> None:
        caller = entrance.somebody().sign_in()
        body = {"title": "Brief", "inputPrompt": "Who?", "agentRole": "researcher"}
        activity = caller.post("/dashboard/v1/activities", json=body).json()["id"]
        (told,) = caller.until(lambda: {"data": listed(caller)}, lambda seen: bool(seen["data"]))["data"]
        assert told["link"] == f"/#/tasks/{activity}"
        assert told["title"] in {"Done: Brief", "Failed: Brief"}
