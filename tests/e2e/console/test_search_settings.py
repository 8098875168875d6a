"""What a search is told: nothing that nobody touched, and all that somebody did, on either side of a comparison."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Request, expect

from tests.e2e.console.datasets import BASE, filled, with_files
from tests.e2e.console.visitor import Visitor

SLIDER = "Words or meaning"
MANUAL = (
    "# Pump\n\n## Starting\n\n"
    + "\n\n".join(f"Step {n}: open valve {n} and wait for the pump to settle at {n} bar." * 6 for n in range(1, 9))
    + "\n"
)


@pytest.fixture
def sent(visitor: Visitor) -> list[Any]:
    """Bodies of the searches that the browser has asked for."""
    bodies: list[Any] = []

    def see(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/knowledge-base/search"):
            bodies.append(request.post_data_json)

    visitor.page.on("request", see)
    return bodies


def tuned(server: httpx.Client, **search: object) -> str:
    dataset = filled(server, f"Tuned {uuid4()}", 2)
    server.patch(f"{BASE}/{dataset}/config", json={"search": search}).raise_for_status()
    return dataset


def settings(visitor: Visitor, name: str = "Settings") -> Locator:
    return visitor.page.get_by_role("group", name=name, exact=True)


class TestASettingThatNobodyTouched:
    def test_is_the_datasets_own_and_is_not_sent(self, visitor: Visitor, server: httpx.Client, sent: list[Any]) -> None:
        visitor.open(f"search?q=paper+1&in={tuned(server, hybridAlpha=0.2, fusion='rrf')}")
        expect(visitor.hits.first).to_be_visible()
        asked = settings(visitor)
        expect(asked.get_by_label(SLIDER, exact=True)).to_have_value("0.2")
        expect(asked.get_by_text("As the dataset has it.")).to_be_visible()
        asked.get_by_text("More", exact=True).click()
        expect(asked.get_by_label("How both are made one").locator("option:checked")).to_have_text(
            "As the dataset has it: reciprocal ranks"
        )
        assert set(sent[-1]) == {"query", "datasetIds", "topK", "explain", "include"}
        asked.get_by_label(SLIDER, exact=True).fill("0.9")
        expect(asked.get_by_text("As the dataset has it.")).to_have_count(0)
        visitor.page.get_by_text("This request elsewhere").click()
        expect(visitor.page.get_by_role("region", name="The request")).to_contain_text('"hybridAlpha":0.9')
        visitor.at_rest()
        assert sent[-1]["hybridAlpha"] == 0.9
        asked.get_by_role("button", name="As the dataset has it").click()
        expect(visitor.page.get_by_role("region", name="The request")).not_to_contain_text("hybridAlpha")
        expect(asked.get_by_label(SLIDER, exact=True)).to_have_value("0.2")
        visitor.at_rest()
        assert "hybridAlpha" not in sent[-1]

    def test_is_said_to_differ_where_datasets_do(self, visitor: Visitor, server: httpx.Client) -> None:
        both = f"{tuned(server, hybridAlpha=0.2)},{tuned(server, hybridAlpha=0.8)}"
        visitor.open(f"search?q=paper+1&in={both}")
        visitor.sees("The chosen datasets each have their own.")


class TestMoreSettings:
    def test_are_sent_kept_in_the_address_and_seen_in_the_results(
        self, visitor: Visitor, server: httpx.Client, sent: list[Any]
    ) -> None:
        dataset = with_files(server, f"Pumps {uuid4()}", {"pump.md": MANUAL.encode()})
        server.patch(f"{BASE}/{dataset}/config", json={"chunkSize": 128, "chunkOverlap": 0}).raise_for_status()
        server.post(f"{BASE}/{dataset}/re-index").raise_for_status()
        visitor.open(f"datasets/{dataset}/files")
        expect(visitor.row("pump.md").get_by_text("Indexed")).to_be_visible()
        visitor.open(f"search?q=open+the+valve+of+the+pump&in={dataset}")
        asked = settings(visitor)
        asked.get_by_text("More", exact=True).click()
        asked.get_by_label("How both are made one").select_option("dbsf")
        asked.get_by_label("Diversity", exact=True).fill("0.3")
        asked.get_by_label("Merge neighbours").check()
        asked.get_by_label("Show sections").check()
        expect(visitor.hits.first.get_by_text("passages in one")).to_be_visible()
        visitor.hits.first.locator("summary", has_text="Section").filter(has_text="Starting").click()
        expect(visitor.hits.first.locator(".explanation").first).to_contain_text("Step 8")
        visitor.at_rest()
        expected = {"fusion": "dbsf", "diversity": 0.3, "mergeNeighbours": True}
        assert {name: sent[-1][name] for name in expected} == expected
        assert set(sent[-1]["include"]) == {"highlights", "section"}
        visitor.page.reload()
        expect(settings(visitor).get_by_label("Show sections")).to_be_checked()
        expect(settings(visitor).get_by_label("Diversity", exact=True)).to_have_value("0.3")
        visitor.page.get_by_text("This request elsewhere").click()
        visitor.press("MCP")
        visitor.sees("An agent's tool does not take the way both are made one, diversity, merging, or sections")

    def test_differ_from_side_to_side(self, visitor: Visitor, server: httpx.Client, sent: list[Any]) -> None:
        visitor.open(f"search?q=paper&in={filled(server, f'Sides {uuid4()}', 2)}&compare=1")
        side = settings(visitor, "Setting B")
        side.get_by_text("More", exact=True).click()
        side.get_by_label("How both are made one").select_option("rrf")
        visitor.press("Save this search")
        visitor.press("Save", within=visitor.dialog)
        visitor.sees("Saved.")
        [kept] = [
            one for one in server.get("/dashboard/v1/knowledge-base/saved-searches").json()["data"]
            if one["request"]["datasetIds"] == sent[-1]["datasetIds"]
        ]  # fmt: skip
        assert "fusion" not in kept["request"]
        assert "hybridAlpha" not in kept["request"]
        assert kept["comparedWith"]["fusion"] == "rrf"
        server.delete(f"/dashboard/v1/knowledge-base/saved-searches/{kept['id']}").raise_for_status()
