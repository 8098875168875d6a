"""axe-core on what is before the door: invitations, passwords that were forgotten, and coming from a provider."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.console.axe import check
from tests.e2e.console.visitor import Visitor


@pytest.fixture
def stranger(browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    stranger = Visitor.at(browser, str(server.base_url), key="")
    yield stranger
    stranger.leave()


class TestAnInvitation:
    def test_breaks_no_rule(self, stranger: Visitor, server: httpx.Client) -> None:
        body = {"email": f"{uuid4()}@example.org", "name": "Ada", "role": "member"}
        link = server.post("/dashboard/v1/team/invite", json=body).raise_for_status().json()["inviteUrl"]
        stranger.page.goto(link)
        stranger.sees_heading("Welcome to Cairn")
        check(stranger, "invitation")
        stranger.press("Come in")
        stranger.sees("Enter your name and the address")
        check(stranger, "an invitation that is not filled in")
        assert stranger.page.evaluate("document.documentElement.scrollWidth") <= 1280

    def test_without_its_token_breaks_no_rule(self, stranger: Visitor) -> None:
        stranger.page.goto("/invite")
        stranger.sees_heading("The link is not complete")
        check(stranger, "half an invitation")


class TestAForgottenPassword:
    def test_breaks_no_rule(self, stranger: Visitor) -> None:
        stranger.page.goto("/")
        stranger.press("With a password")
        stranger.press("Sign in")
        stranger.sees("Enter your e-mail address and your password.")
        check(stranger, "a password that is not filled in")
        stranger.press("Forgot your password?")
        stranger.sees_heading("A new password")
        check(stranger, "forgotten")
        stranger.page.get_by_label("E-mail address").fill("nobody@example.org")
        stranger.press("Send the link")
        stranger.sees_heading("Look into your mail")
        check(stranger, "sent")

    def test_is_chosen_anew_without_breaking_a_rule(self, stranger: Visitor) -> None:
        stranger.page.goto("/reset-password#cp_made_up")
        stranger.sees_heading("Choose a new password")
        check(stranger, "reset")
        stranger.page.get_by_label("New password").fill("four lamps on the eastern gate")
        stranger.press("Keep it")
        expect(stranger.page.get_by_role("alert")).to_be_visible()
        check(stranger, "a reset that is refused")
        stranger.page.route("**/api/auth/reset-password", lambda route: route.fulfill(json={"data": {}}))
        stranger.press("Keep it")
        stranger.sees_heading("The new password holds")
        check(stranger, "reset, done")
        stranger.page.goto("about:blank")
        stranger.page.goto("/reset-password")
        stranger.sees_heading("The link is not complete")
        check(stranger, "half a reset")


class TestAnArrival:
    def test_breaks_no_rule_on_its_way_and_where_it_is_refused(self, stranger: Visitor) -> None:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        stranger.page.route("**/api/auth/oidc/tokens", hold)
        stranger.page.goto("/#oidc=made-up")
        stranger.sees_heading("Coming in")
        check(stranger, "coming in")
        expect(stranger.page.locator(".bone").first).to_be_visible()
        held[0].fulfill(status=400, json={"error": {"code": "BAD_REQUEST", "message": "this code is not known"}})
        stranger.sees_heading("The sign-in did not hold")
        check(stranger, "an arrival that is refused")

    @pytest.mark.parametrize("why", ["refused", "away"])
    def test_that_the_provider_refused_breaks_no_rule(self, stranger: Visitor, why: str) -> None:
        ways = {"data": {"password": True, "identity_provider": True}}
        stranger.page.route("**/api/auth/ways", lambda route: route.fulfill(json=ways))
        stranger.page.goto(f"/#signin={why}")
        expect(stranger.page.get_by_role("link", name="Sign in with your organization")).to_be_visible()
        check(stranger, f"back from the provider, {why}")
