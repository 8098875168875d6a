"""Keys from birth to revocation, and the trail that is left."""

from __future__ import annotations

from uuid import uuid4

import httpx
from playwright.sync_api import Route, expect

from tests.e2e.console.visitor import Visitor

ME = "/dashboard/v1/me"


class TestAKey:
    def test_is_made_shown_once_used_and_revoked(self, visitor: Visitor, server: httpx.Client) -> None:
        page, name = visitor.page, f"Support {uuid4()}"
        visitor.open("access")
        visitor.press("New key")
        visitor.dialog.get_by_label("Name", exact=True).fill(name)
        visitor.dialog.get_by_label("Agent role").fill("support")
        visitor.press("Create key", within=visitor.dialog)
        token = visitor.dialog.get_by_role("region", name="The key").inner_text()
        visitor.press("I have it")
        row = page.get_by_role("row").filter(has_text=name)
        expect(row.get_by_text("Active")).to_be_visible()
        headers = {"Authorization": f"Bearer {token}"}
        told = server.get(ME, headers=headers).json()
        assert (told["role"], told["agentRole"]) == ("reviewer", "support")
        assert token not in page.content()
        page.get_by_role("button", name=f"Actions for key {name}").click()
        page.get_by_role("menuitem", name="Revoke …").click()
        visitor.press("Revoke", within=visitor.dialog)
        expect(row.get_by_text("Revoked")).to_be_visible()
        assert server.get(ME, headers=headers).status_code == 401
        visitor.follow("Audit log")
        expect(page.get_by_role("row").filter(has_text="revoked").filter(has_text="access key").first).to_be_visible()

    def test_is_replaced_while_the_old_one_goes_on(self, visitor: Visitor, server: httpx.Client) -> None:
        page, name = visitor.page, f"Rotated {uuid4()}"
        made = server.post("/dashboard/v1/access-keys", json={"name": name, "role": "reviewer"}).json()["token"]
        visitor.open("access/keys")
        page.get_by_role("button", name=f"Actions for key {name}").click()
        page.get_by_role("menuitem", name="Rotate …").click()
        visitor.press("Make the new key", within=visitor.dialog)
        token = visitor.dialog.get_by_role("region", name="The key").inner_text()
        visitor.press("I have it")
        expect(page.get_by_role("row").filter(has_text=name).get_by_text("Being replaced")).to_be_visible()
        for one in (made, token):
            assert server.get(ME, headers={"Authorization": f"Bearer {one}"}).status_code == 200

    def test_needs_a_name(self, visitor: Visitor) -> None:
        visitor.open("access")
        visitor.press("New key")
        visitor.press("Create key", within=visitor.dialog)
        expect(visitor.dialog.get_by_role("alert")).to_contain_text("Say what the key is for")

    def test_whose_answer_is_lost_is_not_left_behind(self, visitor: Visitor, server: httpx.Client) -> None:
        name = f"Lost {uuid4()}"
        lost: list[str] = []

        visitor.open("access")
        visitor.page.route("**/access-keys", lambda route: _lose_first_post(route, lost))
        visitor.press("New key")
        visitor.dialog.get_by_label("Name", exact=True).fill(name)
        visitor.press("Create key", within=visitor.dialog)
        expect(visitor.dialog.get_by_role("region", name="The key")).to_be_visible()
        made = [key["state"] for key in server.get("/dashboard/v1/access-keys").json()["data"] if key["name"] == name]
        assert sorted(made) == ["active", "revoked"]
        assert lost == ["POST"]


def _lose_first_post(route: Route, lost: list[str]) -> None:
    """Lets the server do what is asked, and answers the first time that something went wrong."""
    if route.request.method != "POST" or lost:
        route.fallback()
        return
    lost.append("POST")
    route.fetch()
    route.fulfill(status=500, content_type="application/json", body="{}")
