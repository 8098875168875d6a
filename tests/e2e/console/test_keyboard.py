"""Without a mouse: everything is reached by Tab, in order and with a mark that can be seen, and used by keys."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from tests.e2e.console.datasets import filled
from tests.e2e.console.visitor import Visitor

MOST_STEPS = 60
FOCUSED = """() => {
  const { activeElement: at } = document;
  const box = at.getBoundingClientRect();
  return {
    name: (at.getAttribute("aria-label") ?? at.textContent ?? "").trim(),
    isShown: getComputedStyle(at).outlineStyle !== "none" || at.type === "checkbox" || at.type === "range",
    isThere: box.width > 0 && box.height > 0,
  };
}"""


def walk(visitor: Visitor, until: str) -> list[str]:
    """Names of what Tab comes by, up to the one named. Each can be seen, and be seen to have the focus."""
    names: list[str] = []
    for _ in range(MOST_STEPS):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(FOCUSED)
        assert focused["isThere"], f"{focused['name']!r} has the focus and is not there"
        assert focused["isShown"], f"{focused['name']!r} does not show that it has the focus"
        names.append(focused["name"])
        if until in focused["name"]:
            return names
    raise AssertionError(f"{until!r} is not reached: {names}")


class TestKeysAlone:
    def test_lead_from_the_door_to_a_new_dataset(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto("/")
        expect(page.get_by_label("Key")).to_be_focused()
        page.keyboard.type(visitor.key)
        page.keyboard.press("Enter")
        visitor.sees_heading("Datasets")
        names = walk(visitor, "New dataset")
        assert names[0] == "Skip to the content"
        assert names.index("Search") < names.index("Access"), "the navigation is walked in its order"
        page.keyboard.press("Enter")
        expect(visitor.dialog.get_by_label("Name", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        expect(visitor.dialog).to_have_count(0)
        expect(page.get_by_role("button", name="New dataset")).to_be_focused()

    def test_open_a_menu_and_leave_it(self, visitor: Visitor, server: httpx.Client) -> None:
        visitor.open(f"datasets/{filled(server, 'By keys', 1)}/files")
        expect(visitor.row("paper 0.md")).to_be_visible()
        walk(visitor, "Actions for paper 0.md")
        visitor.page.keyboard.press("Enter")
        expect(visitor.page.get_by_role("menuitem", name="Open")).to_be_focused()
        visitor.page.keyboard.press("ArrowDown")
        expect(visitor.page.get_by_role("menuitem", name="Download the original")).to_be_focused()
        visitor.page.keyboard.press("Escape")
        expect(visitor.page.get_by_role("menu")).to_have_count(0)
        expect(visitor.page.get_by_role("button", name="Actions for paper 0.md")).to_be_focused()

    def test_ask_a_question_from_anywhere(self, visitor: Visitor, server: httpx.Client) -> None:
        visitor.open(f"search?in={filled(server, 'Asked by keys', 1)}")
        visitor.page.get_by_role("heading", name="Search", level=1).click()
        visitor.page.keyboard.press("/")
        visitor.page.keyboard.type("paper")
        visitor.page.keyboard.press("Enter")
        expect(visitor.hits.first).to_be_visible()
