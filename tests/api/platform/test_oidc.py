"""Signing in by an identity provider: a real one, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from identity.oidc_sign_in import OidcSignIn
from kit.errors import ConfigurationError
from kit.settings import Settings
from orchestration.oidc import make_oidc
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers
from tests.api.platform.conftest import Entrance, error_of
from tests.api.platform.provider import CLIENT_ID, CLIENT_SECRET, LocalProvider, running

BEGIN = "/api/auth/oidc"


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(autouse=True)
def _as_usual(provider: LocalProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.platform.auth.FROM_ONE_PLACE", 1_000_000)
    provider.claims, provider.signs_with = vouched(f"{uuid4()}@example.org"), None


def vouched(email: str, **claims: Any) -> dict[str, Any]:
    return {"sub": email, "email": email, "email_verified": True, "name": "Ada", **claims}


def app_with(settings: Settings, runtime: Runtime, provider: LocalProvider, *, role: str | None) -> FastAPI:
    found = settings.model_copy(
        update={
            "oidc_issuer": provider.url, "oidc_client_id": CLIENT_ID, "oidc_client_secret": SecretStr(CLIENT_SECRET),
            "oidc_role": role,
        }
    )  # fmt: skip
    service = make_oidc(found, runtime.clock)
    assert isinstance(service, OidcSignIn)
    return create_app(found, replace(runtime, oidc=service, settings=found))


@pytest.fixture
def browser(settings: Settings, runtime: Runtime, provider: LocalProvider) -> Iterator[TestClient]:
    """Of somebody where new people become members."""
    app = app_with(settings, runtime, provider, role="member")
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as browser:
        yield browser


def go_there(browser: TestClient) -> str:
    """The address that the provider sends the browser back to."""
    there = browser.get(BEGIN)
    assert there.status_code == 303, there.text
    return httpx.get(there.headers["location"]).headers["location"]


def sign_in(browser: TestClient) -> Any:
    """What the console is told in the end."""
    back = browser.get(go_there(browser))
    assert back.status_code == 303, back.text
    place, _, code = back.headers["location"].partition("#oidc=")
    assert place == "http://testserver/"
    return browser.post(f"{BEGIN}/tokens", json={"code": code})


class TestSigningIn:
    def test_makes_a_newcomer_a_member(self, browser: TestClient, provider: LocalProvider, callers: Callers) -> None:
        answer = sign_in(browser)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["user"]["email"] == provider.claims["email"]
        assert body["user"]["role"] == "member"
        me = Caller(browser, body["token"])
        assert me.get("/api/auth/me").json()["data"]["username"] == "Ada"
        assert me.get("/dashboard/v1/me").json()["role"] == "member"
        log = callers.admin.get("/dashboard/v1/audit-log", params={"filter[action]": "signed_in"}).json()["data"]
        assert log[0]["entityType"] == "user"

    def test_knows_who_was_invited_and_keeps_to_the_person(
        self, browser: TestClient, provider: LocalProvider, entrance: Entrance
    ) -> None:
        somebody = entrance.somebody("reviewer")
        provider.claims = vouched(somebody.email, sub="42")
        assert sign_in(browser).json()["user"]["id"] == somebody.id
        provider.claims = vouched(f"{uuid4()}@example.org", sub="42")  # the address changed there, the person did not
        assert sign_in(browser).json()["user"]["id"] == somebody.id
        provider.claims = vouched(somebody.email, sub="43")  # somebody else who got the old address
        assert browser.get(go_there(browser)).status_code == 401

    def test_goes_on_with_the_providers_new_keys(self, browser: TestClient, provider: LocalProvider) -> None:
        assert sign_in(browser).status_code == 200
        oidc = browser.app.state.runtime.oidc  # type: ignore[attr-defined]  # Starlette's app
        provider.new_key()
        assert browser.get(go_there(browser)).status_code == 401  # asked for its keys a moment ago
        known = oidc.provider._known
        known.at = known.at.replace(year=2000)
        assert sign_in(browser).status_code == 200


class TestNobodyIsLetIn:
    @pytest.mark.parametrize(
        "claims",
        [
            {"email_verified": False}, {"email": None}, {"iss": "http://elsewhere"}, {"aud": "another"},
            {"nonce": "another"}, {"exp": 1}, {"azp": "another"}, {"sub": None},
        ],
        ids="-".join,
    )  # fmt: skip
    def test_by_a_token_that_does_not_hold(
        self, browser: TestClient, provider: LocalProvider, claims: dict[str, Any]
    ) -> None:
        provider.claims |= claims
        assert browser.get(go_there(browser)).status_code == 401

    def test_by_a_token_that_somebody_else_signed(self, browser: TestClient, provider: LocalProvider) -> None:
        provider.signs_with = RSAKey.generate_key(2048)
        refused = browser.get(go_there(browser))
        assert refused.status_code == 401
        assert error_of(refused)["code"] == "UNAUTHENTICATED"

    def test_in_another_browser_than_the_one_that_began(
        self, browser: TestClient, settings: Settings, runtime: Runtime, provider: LocalProvider
    ) -> None:
        back = go_there(browser)
        with TestClient(app_with(settings, runtime, provider, role="member"), follow_redirects=False) as other:
            assert other.get(back).status_code == 401

    def test_twice_by_one_code(self, browser: TestClient) -> None:
        back = go_there(browser)
        code = browser.get(back).headers["location"].partition("#oidc=")[2]
        assert browser.get(back).status_code == 401
        assert browser.post(f"{BEGIN}/tokens", json={"code": code}).status_code == 200
        assert browser.post(f"{BEGIN}/tokens", json={"code": code}).status_code == 401

    def test_who_said_no_there(self, browser: TestClient) -> None:
        back = go_there(browser).partition("&code=")[0]
        assert browser.get(f"{back}&error=access_denied").status_code == 401

    def test_who_is_not_known_where_nobody_new_is_wanted(
        self, settings: Settings, runtime: Runtime, provider: LocalProvider
    ) -> None:
        with TestClient(app_with(settings, runtime, provider, role=None), follow_redirects=False) as browser:
            assert browser.get(go_there(browser)).status_code == 401

    def test_who_was_removed(
        self, browser: TestClient, provider: LocalProvider, callers: Callers, entrance: Entrance
    ) -> None:
        somebody = entrance.somebody()
        provider.claims = vouched(somebody.email)
        assert sign_in(browser).status_code == 200
        callers.admin.delete(f"/api/users/{somebody.id}")
        assert browser.get(go_there(browser)).status_code == 401


class TestABrowser:
    """Asks for a page, and is sent to the console's door rather than shown an error for programs."""

    PAGE = {"Accept": "text/html,application/xhtml+xml"}  # noqa: RUF012 - nobody changes it

    def test_is_told_of_a_refusal_at_the_door(self, browser: TestClient, provider: LocalProvider) -> None:
        provider.claims |= {"email_verified": False}
        answer = browser.get(go_there(browser), headers=self.PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, "http://testserver/#signin=refused")

    def test_is_told_there_that_the_provider_is_away(self, settings: Settings, runtime: Runtime) -> None:
        gone = LocalProvider(url="http://127.0.0.1:9")
        with TestClient(app_with(settings, runtime, gone, role=None), follow_redirects=False) as browser:
            answer = browser.get(BEGIN, headers=self.PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, "http://testserver/#signin=away")


class TestTheWaysIn:
    def test_are_told_to_everybody(self, client: TestClient, browser: TestClient) -> None:
        assert client.get("/api/auth/ways").json()["data"] == {"password": True, "identity_provider": False}
        assert browser.get("/api/auth/ways").json()["data"]["identity_provider"] is True


class TestSettings:
    def test_without_a_provider_there_is_no_such_way_in(self, client: TestClient) -> None:
        assert client.get(BEGIN).status_code == 404
        assert client.post(f"{BEGIN}/tokens", json={"code": "x"}).status_code == 404

    def test_set_by_half_are_refused(self, settings: Settings, runtime: Runtime) -> None:
        with pytest.raises(ConfigurationError, match="CAIRN_OIDC_CLIENT_ID"):
            make_oidc(settings.model_copy(update={"oidc_issuer": "https://id.example.org"}), runtime.clock)

    def test_of_a_provider_that_is_away(self, settings: Settings, runtime: Runtime) -> None:
        gone = LocalProvider(url="http://127.0.0.1:9")
        with TestClient(app_with(settings, runtime, gone, role=None), follow_redirects=False) as browser:
            answer = browser.get(BEGIN)
        assert answer.status_code == 503
        assert error_of(answer)["code"] == "IDENTITY_PROVIDER_UNAVAILABLE"
