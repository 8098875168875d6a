"""/api/auth, for who is signed in: the password and the sessions of one's own."""

from __future__ import annotations

import email as mail
from email.policy import default

import pytest
from starlette.testclient import TestClient

from kit.settings import Settings
from tests.api.callers import Callers
from tests.api.platform.conftest import PASSWORD, Entrance, error_of

CHANGE, SESSIONS = "/api/auth/change-password", "/api/auth/sessions"
ANOTHER = "another lantern altogether"


class TestChangingThePassword:
    @pytest.mark.usefixtures("entrance")  # from one place as often as it likes
    def test_needs_a_token_and_a_person(self, client: TestClient, callers: Callers) -> None:
        body = {"current_password": PASSWORD, "password": ANOTHER}
        assert client.post(CHANGE, json=body).status_code == 401
        assert callers.reader.post(CHANGE, json=body).status_code == 403
        assert callers.member.post(CHANGE, json=body).status_code == 404

    def test_needs_the_present_one(self, entrance: Entrance) -> None:
        somebody = entrance.somebody()
        here, there = somebody.sign_in(), somebody.sign_in()
        wrong = there.post(CHANGE, json={"current_password": "not this one at all", "password": ANOTHER})
        assert wrong.status_code == 400
        assert error_of(wrong)["details"][0]["field"] == "current_password"
        assert there.post(CHANGE, json={"current_password": PASSWORD, "password": ANOTHER}).status_code == 200
        assert here.get(SESSIONS).status_code == 401, "other sessions end"
        assert there.get(SESSIONS).status_code == 200
        somebody.password = ANOTHER
        somebody.sign_in()

    @pytest.mark.parametrize("password", ["short", "passwordpassword"])
    def test_refuses_what_is_no_good_password(self, entrance: Entrance, password: str) -> None:
        answer = entrance.somebody().sign_in().post(CHANGE, json={"current_password": PASSWORD, "password": password})
        assert error_of(answer)["details"][0]["field"] == "password"

    def test_is_slowed_down_for_who_guesses(self, entrance: Entrance) -> None:
        caller = entrance.somebody().sign_in()
        body = {"current_password": "a guess of many", "password": ANOTHER}
        assert [caller.post(CHANGE, json=body).status_code for _ in range(11)] == [400] * 10 + [429]

    def test_is_told_by_mail(self, entrance: Entrance, settings: Settings) -> None:
        somebody = entrance.somebody()
        somebody.sign_in().post(CHANGE, json={"current_password": PASSWORD, "password": ANOTHER})
        newest = max((settings.home / "outbox").glob("*.eml"))
        message = mail.message_from_bytes(newest.read_bytes(), policy=default)
        assert message["To"] == somebody.email
        assert "was changed" in message["Subject"]
        assert ANOTHER not in message.get_content()


class TestSessions:
    def test_are_listed_and_ended_one_by_one(self, entrance: Entrance) -> None:
        somebody = entrance.somebody()
        here, there = somebody.sign_in(), somebody.sign_in()
        listed = there.get(SESSIONS).json()["data"]
        assert [one["is_current"] for one in listed] == [True, False]
        other = next(one["id"] for one in listed if not one["is_current"])
        assert there.delete(f"{SESSIONS}/{other}").status_code == 200
        assert here.get(SESSIONS).status_code == 401
        assert [one["is_current"] for one in there.get(SESSIONS).json()["data"]] == [True]
        assert error_of(there.delete(f"{SESSIONS}/{other}"))["code"] == "SESSION_NOT_FOUND"

    def test_of_others_are_not_there(self, entrance: Entrance) -> None:
        caller, stranger = entrance.somebody().sign_in(), entrance.somebody().sign_in()
        (mine,) = caller.get(SESSIONS).json()["data"]
        foreign = stranger.delete(f"{SESSIONS}/{mine['id']}")
        unknown = stranger.delete(f"{SESSIONS}/01KAAAAAAAAAAAAAAAAAAAAAAA")
        assert foreign.status_code == unknown.status_code == 404
        assert error_of(foreign)["message"].replace(mine["id"], "X") == error_of(unknown)["message"].replace(
            "01KAAAAAAAAAAAAAAAAAAAAAAA", "X"
        )
        assert caller.get(SESSIONS).status_code == 200

    def test_of_a_key_that_is_nobodys_are_none(self, callers: Callers) -> None:
        assert callers.member.get(SESSIONS).json()["data"] == []
