"""A person is invited, comes in, stays signed in beyond the life of a token, and goes."""

from __future__ import annotations

from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Request, expect

from tests.e2e.console.visitor import Visitor

PASSWORD = "four lamps on the eastern gate"


class TestAPerson:
    def test_comes_by_an_invitation_and_signs_in_with_a_password(self, browser: Browser, server: httpx.Client) -> None:
        email = f"{uuid4()}@example.org"
        invited = server.post("/dashboard/v1/team/invite", json={"email": email, "name": "Ada", "role": "member"})
        link = invited.raise_for_status().json()["inviteUrl"]
        visitor = Visitor.at(browser, str(server.base_url), key="")
        page = visitor.page
        page.goto(link)
        visitor.sees_heading("Welcome to Cairn")
        assert page.evaluate("location.hash") == "", "the token stays in the address"
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill("short")
        page.get_by_label("I agree").check()
        visitor.press("Come in")
        visitor.sees("A password has at least 12 characters.")
        page.get_by_label("Password").fill(PASSWORD)
        visitor.press("Come in")
        visitor.sees_heading("Datasets")
        expect(page.get_by_text("Ada Lovelace")).to_be_visible()
        expect(page.get_by_role("button", name="New dataset")).to_have_count(0)
        self._outlasts_a_token(visitor)
        visitor.press("Sign out")
        self._comes_back(visitor, email)
        assert visitor.context.cookies() == []
        visitor.leave()
        assert visitor.troubles == []

    @staticmethod
    def _outlasts_a_token(visitor: Visitor) -> None:
        page = visitor.page
        exchanges: list[Request] = []
        page.on("request", lambda request: exchanges.append(request) if "/auth/refresh" in request.url else None)
        before = page.evaluate("sessionStorage.getItem('cairn.key')")
        page.evaluate(
            """() => {
              const kept = JSON.parse(sessionStorage.getItem("cairn.session"));
              sessionStorage.setItem("cairn.session", JSON.stringify({ ...kept, until: Date.now() }));
            }"""
        )
        page.reload()
        visitor.sees_heading("Datasets")
        expect(page.get_by_text("Ada Lovelace")).to_be_visible()
        assert len(exchanges) == 1
        assert page.evaluate("sessionStorage.getItem('cairn.key')") != before

    @staticmethod
    def _comes_back(visitor: Visitor, email: str) -> None:
        page = visitor.page
        visitor.press("With a password")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill("not the password at all")
        visitor.press("Sign in")
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        visitor.press("Sign in")
        visitor.sees_heading("Datasets")


class TestTheTeam:
    def test_gives_a_person_another_role_and_lets_them_go(self, visitor: Visitor, server: httpx.Client) -> None:
        name, email = f"Lovelace {uuid4()}", f"{uuid4()}@example.org"
        body = {"email": email, "name": name, "role": "reviewer"}
        invited = server.post("/dashboard/v1/team/invite", json=body).raise_for_status().json()["inviteUrl"]
        accepted = {
            "username": name, "email": email, "password": PASSWORD, "invite_code": invited.partition("#")[2],
            "terms_accepted": True, "privacy_accepted": True,
        }  # fmt: skip
        server.post("/api/auth/register", json=accepted).raise_for_status()
        visitor.open("access/team")
        visitor.page.get_by_label(f"Role of {name}").select_option("member")
        visitor.sees("is member now.")
        row = visitor.page.get_by_role("row").filter(has_text=name)
        row.get_by_role("button", name=f"Actions for {name}").click()
        visitor.page.get_by_role("menuitem", name="Remove …").click()
        visitor.press("Remove", within=visitor.dialog)
        visitor.sees("is removed.")
        refused = server.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        assert refused.status_code == 401


class TestATeam:
    def test_is_made_gets_a_member_and_is_deleted(self, visitor: Visitor, server: httpx.Client) -> None:
        name, team, email = f"Keeper {uuid4()}", f"Night shift {uuid4()}", f"{uuid4()}@example.org"
        body = {"email": email, "name": name, "role": "reviewer"}
        invited = server.post("/dashboard/v1/team/invite", json=body).raise_for_status().json()["inviteUrl"]
        accepted = {
            "username": name, "email": email, "password": PASSWORD, "invite_code": invited.partition("#")[2],
            "terms_accepted": True, "privacy_accepted": True,
        }  # fmt: skip
        server.post("/api/auth/register", json=accepted).raise_for_status()
        visitor.open("access/teams")
        visitor.press("New team")
        visitor.press("Create team", within=visitor.dialog)
        visitor.sees("Give the team a name.")
        visitor.dialog.get_by_label("Name", exact=True).fill(team)
        visitor.press("Create team", within=visitor.dialog)
        row = visitor.page.get_by_role("row").filter(has_text=team)
        expect(row).to_contain_text("owner")
        row.get_by_role("button", name=f"1 member … of {team}").click()
        members = visitor.dialog.get_by_role("list", name="Members")
        expect(members.get_by_role("listitem")).to_have_count(1)
        visitor.dialog.get_by_label("Person").select_option(f"{name} ({email})")
        visitor.press("Add", within=visitor.dialog)
        expect(members.get_by_role("listitem").filter(has_text=name)).to_contain_text("member")
        visitor.press("Done", within=visitor.dialog)
        expect(row.get_by_role("button", name=f"2 members … of {team}")).to_be_visible()
        row.get_by_role("button", name=f"Actions for {team}").click()
        visitor.page.get_by_role("menuitem", name="Delete …").click()
        visitor.press("Delete", within=visitor.dialog)
        expect(row).to_have_count(0)


class TestAForgottenPassword:
    def test_is_answered_alike_whoever_asks(self, browser: Browser, server: httpx.Client) -> None:
        visitor = Visitor.at(browser, str(server.base_url), key="")
        visitor.page.goto("/")
        visitor.press("With a password")
        visitor.press("Forgot your password?")
        visitor.page.get_by_label("E-mail address").fill("nobody@example.org")
        visitor.press("Send the link")
        visitor.sees("If there is an account with this address")
        visitor.page.goto("/reset-password#cp_made_up")
        visitor.page.get_by_label("New password").fill(PASSWORD)
        visitor.press("Keep it")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
        visitor.leave()
