"""axe-core, run on what a visitor sees, light and dark."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Literal

from playwright.sync_api import expect

from tests.e2e.console.visitor import Visitor

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
"""By colour scheme. Only what is about colours can differ between the two."""
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def check(visitor: Visitor, place: str) -> None:
    """In both colour schemes. A colour half-way through a transition is nobody's contrast, so nothing moves."""
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    for colours in COLOURS:
        page.emulate_media(color_scheme=colours)
        found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES[colours])
        violations = [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
        assert not violations, f"{place}, {colours}:\n" + "\n".join(violations)
        assert found["passes"], "axe looked at nothing"


def is_drawn(visitor: Visitor) -> None:
    expect(visitor.page.locator(".bone")).to_have_count(0)
    visitor.at_rest()


def fits_a_phone(visitor: Visitor) -> None:
    """The dialog that is open."""
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    box = visitor.dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert visitor.dialog.evaluate("one => one.querySelector('.dialog-body').scrollWidth") <= box["width"]
