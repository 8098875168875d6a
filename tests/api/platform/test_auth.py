"""/api/auth: registering, signing in and out, passwords."""

from __future__ import annotations

import email as mail
from email.policy import default
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers
from tests.api.platform.conftest import PASSWORD, Entrance, error_of

DATASETS = "/dashboard/v1/knowledge-base/datasets"


class TestRegister:
    @pytest.mark.parametrize(
        ("changes", "status", "field"),
        [
            ({"password": "short"}, 400, "password"),
            ({"password": "passwordpassword"}, 400, "password"),
            ({"password": "aaaaaaaaaaaaaaaa"}, 400, "password"),
            ({"password": "abcdefghijklmnop"}, 400, "password"),
            ({"terms_accepted": False}, 400, "terms_accepted"),
            ({"privacy_accepted": False}, 400, "privacy_accepted"),
            ({"invite_code": None}, 400, "invite_code"),
        ],
    )
    def test_names_what_is_wrong(self, entrance: Entrance, changes: dict[str, object], status: int, field: str) -> None:
        answer = entrance.register(**changes)
        assert answer.status_code == status
        assert error_of(answer)["details"][0]["field"] == field

    def test_needs_an_invite_for_that_address(self, entrance: Entrance) -> None:
        assert error_of(entrance.register(email="mallory@example.org"))["code"] == "INVITE_NOT_FOUND"
        assert error_of(entrance.register(invite_code="ci_made-up"))["code"] == "INVITE_NOT_FOUND"

    def test_makes_an_account_of_the_role_that_was_offered(self, entrance: Entrance, client: TestClient) -> None:
        answer = entrance.register(tenant_role="reviewer")
        assert answer.status_code == 201
        assert answer.json()["data"]["role"] == "viewer"
        assert isinstance(answer.json()["data"]["id"], int)
        assert "password" not in answer.text

    def test_uses_an_invite_once(self, entrance: Entrance, client: TestClient) -> None:
        email, code = entrance.invited()
        body = {
            "username": "Ada", "email": email, "password": PASSWORD, "invite_code": code, "terms_accepted": True,
            "privacy_accepted": True,
        }  # fmt: skip
        assert client.post("/api/auth/register", json=body).status_code == 201
        assert client.post("/api/auth/register", json=body).status_code == 404


class TestLogin:
    def test_says_the_same_of_a_wrong_password_and_of_nobody(self, entrance: Entrance, client: TestClient) -> None:
        somebody = entrance.somebody()
        wrong = client.post("/api/auth/login", json={"email": somebody.email, "password": "not this one at all"})
        nobody = client.post("/api/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
        assert wrong.status_code == nobody.status_code == 401
        assert error_of(wrong)["message"] == error_of(nobody)["message"]

    def test_gives_a_token_that_works_everywhere(self, entrance: Entrance) -> None:
        somebody = entrance.somebody()
        caller = somebody.sign_in()
        assert set(somebody.tokens) == {"success", "token", "refresh_token", "user"}
        assert somebody.tokens["user"]["email"] == somebody.email
        assert caller.get(DATASETS).status_code == 200
        assert caller.get("/api/auth/me").json()["data"]["id"] == somebody.id

    def test_is_slowed_down_for_who_guesses(self, entrance: Entrance, client: TestClient) -> None:
        body = {"email": f"{uuid4()}@example.org", "password": "a guess of many"}
        statuses = [client.post("/api/auth/login", json=body).status_code for _ in range(12)]
        assert statuses[:10] == [401] * 10
        assert statuses[10:] == [429] * 2
        late = client.post("/api/auth/login", json=body)
        assert 0 < int(late.headers["retry-after"]) <= 900

    def test_gives_no_more_than_the_role(self, entrance: Entrance) -> None:
        assert entrance.somebody("reviewer").sign_in().post(DATASETS, json={"name": "x"}).status_code == 403


class TestRefresh:
    def test_exchanges_both_tokens(self, entrance: Entrance, client: TestClient) -> None:
        somebody = entrance.somebody()
        old = somebody.sign_in()
        answer = client.post("/api/auth/refresh", json={"refresh_token": somebody.tokens["refresh_token"]})
        assert answer.status_code == 200
        new = answer.json()
        assert old.get(DATASETS).status_code == 401
        assert Caller(client, new["token"]).get(DATASETS).status_code == 200

    def test_of_a_used_token_ends_the_sign_in(self, entrance: Entrance, client: TestClient, callers: Callers) -> None:
        somebody = entrance.somebody()
        somebody.sign_in()
        stolen = {"refresh_token": somebody.tokens["refresh_token"]}
        new = client.post("/api/auth/refresh", json=stolen).json()
        assert client.post("/api/auth/refresh", json=stolen).status_code == 401
        assert Caller(client, new["token"]).get(DATASETS).status_code == 401
        assert client.post("/api/auth/refresh", json={"refresh_token": new["refresh_token"]}).status_code == 401
        log = callers.admin.get("/api/activity-log", params={"limit": 20}).json()["data"]
        assert {"refreshed", "copy_refused"} <= {entry["action"] for entry in log}

    def test_of_a_key_is_refused(self, callers: Callers, client: TestClient) -> None:
        token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
        assert client.post("/api/auth/refresh", json={"refresh_token": token}).status_code == 401


class TestLogout:
    def test_ends_this_session(self, entrance: Entrance) -> None:
        somebody = entrance.somebody()
        here, there = somebody.sign_in(), somebody.sign_in()
        answer = here.post("/api/auth/logout", json={})
        assert answer.json()["data"] == {"success": True, "sessions_ended": 1}
        assert here.get(DATASETS).status_code == 401
        assert there.get(DATASETS).status_code == 200

    def test_ends_all_of_them(self, entrance: Entrance) -> None:
        somebody = entrance.somebody()
        here, there = somebody.sign_in(), somebody.sign_in()
        assert here.post("/api/auth/logout", json={"all_devices": True}).json()["data"]["sessions_ended"] == 2
        assert there.get(DATASETS).status_code == 401


class TestForgottenPasswords:
    def test_are_answered_alike_for_everybody(self, entrance: Entrance, client: TestClient) -> None:
        somebody = entrance.somebody()
        known = client.post("/api/auth/forgot-password", json={"email": somebody.email})
        unknown = client.post("/api/auth/forgot-password", json={"email": "nobody@example.org"})
        assert known.status_code == unknown.status_code == 200
        assert known.json() == unknown.json()

    def test_are_replaced_by_the_link_in_the_message_once(
        self, entrance: Entrance, client: TestClient, settings: Settings, callers: Callers
    ) -> None:
        somebody = entrance.somebody()
        signed_in = somebody.sign_in()
        client.post("/api/auth/forgot-password", json={"email": somebody.email}, headers={"Host": "elsewhere.example"})
        newest = max((settings.home / "outbox").glob("*.eml"))
        assert newest.stat().st_mode & 0o077 == 0
        message = mail.message_from_bytes(newest.read_bytes(), policy=default)
        assert message["To"] == somebody.email
        assert "http://127.0.0.1:8420/reset-password#" in message.get_content()
        token = message.get_content().partition("#")[2].split()[0]
        body = {"token": token, "password": "another lantern altogether"}
        assert client.post("/api/auth/reset-password", json=body).status_code == 200
        assert signed_in.get(DATASETS).status_code == 401
        assert error_of(client.post("/api/auth/reset-password", json=body))["code"] == "RESET_NOT_ACCEPTED"
        somebody.password = "another lantern altogether"
        somebody.sign_in()
        log = callers.admin.get("/dashboard/v1/audit-log", params={"filter[action]": "password_reset"}).json()["data"]
        assert (log[0]["actorId"], log[0]["actorType"], log[0]["entityType"]) == (log[0]["entityId"], "user", "user")


class TestTheTrail:
    def test_tells_of_signing_in_and_of_being_refused(
        self, entrance: Entrance, client: TestClient, callers: Callers
    ) -> None:
        somebody = entrance.somebody()
        somebody.sign_in()
        client.post("/api/auth/login", json={"email": somebody.email, "password": "not this one at all"})
        log = callers.admin.get("/api/activity-log", params={"limit": 20}).json()
        assert {"signed_in", "refused", "registered"} <= {entry["action"] for entry in log["data"]}
        assert set(log["meta"]) == {"total", "limit", "offset"}


def test_passwords_are_kept_as_argon2id(entrance: Entrance, runtime: Runtime) -> None:
    from sqlalchemy import select  # noqa: PLC0415 - rows are looked at in this test alone

    from identity.models import User  # noqa: PLC0415 - as above

    somebody = entrance.somebody()
    with runtime.database.read() as session:
        stored = session.scalar(select(User.password_hash).where(User.number == somebody.id))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
