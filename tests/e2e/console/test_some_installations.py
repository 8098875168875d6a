"""What only some installations have: an identity provider, a second embedding model, quotas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.api.platform.provider import CLIENT_ID, CLIENT_SECRET, LocalProvider, running
from tests.e2e.console.axe import check
from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY, served
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert

SEARCHES = 400


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def outfitted(
    browser: Browser, provider: LocalProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """(Needs the browser so that nothing is started where there is none.)"""
    folder = tmp_path_factory.mktemp("outfitted")
    first, second = write_tiny_bert(folder / "tiny"), write_tiny_bert(folder / "small")
    settings = {
        "CAIRN_OIDC_ISSUER": provider.url, "CAIRN_OIDC_CLIENT_ID": CLIENT_ID,
        "CAIRN_OIDC_CLIENT_SECRET": CLIENT_SECRET, "CAIRN_OIDC_ROLE": "member",
        "CAIRN_EMBEDDING_MODEL": str(first), "CAIRN_EMBEDDING_MODELS": str(second),
        "CAIRN_QUOTA_STORAGE": "100000", "CAIRN_QUOTA_SEARCHES": str(SEARCHES),
        "CAIRN_EGRESS_ALLOW": "127.0.0.1/32",
    }  # fmt: skip
    with served(folder / "home", **settings) as client:
        yield client


@pytest.fixture
def visitor(browser: Browser, outfitted: httpx.Client) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(outfitted.base_url), key=KEY)
    yield visitor
    visitor.leave()


class TestAnIdentityProvider:
    def test_lets_a_person_in(self, visitor: Visitor, provider: LocalProvider) -> None:
        email = f"{uuid4()}@example.org"
        provider.claims = {"sub": email, "email": email, "email_verified": True, "name": "Grace Hopper"}
        page = visitor.page
        page.goto("/")
        visitor.follow("Sign in with your organization")
        visitor.sees_heading("Datasets")
        expect(page.get_by_text("Grace Hopper")).to_be_visible()
        assert "oidc" not in page.url, "the code stays in the address"
        page.reload()
        visitor.sees_heading("Datasets")
        visitor.press("Sign out")
        expect(page.get_by_role("link", name="Sign in with your organization")).to_be_visible()

    def test_that_refuses_is_told_in_words(self, visitor: Visitor, provider: LocalProvider) -> None:
        provider.claims = {"sub": "x", "email": "x@example.org", "email_verified": False}
        visitor.page.goto("/")
        visitor.follow("Sign in with your organization")
        visitor.sees("did not let you in")
        assert visitor.page.evaluate("location.hash") == ""
        visitor.page.get_by_label("Key").fill(KEY)
        visitor.press("Sign in")
        visitor.sees_heading("Datasets")

    def test_code_that_was_used_leads_nowhere(self, visitor: Visitor) -> None:
        visitor.page.goto("/#oidc=made-up")
        visitor.sees("The code works once")
        visitor.press("To the door")
        expect(visitor.page.get_by_label("Key")).to_be_visible()


class TestAnotherModel:
    def test_is_compared_switched_to_and_taken_back(self, visitor: Visitor, outfitted: httpx.Client) -> None:
        dataset = filled(outfitted, f"Remodelled {uuid4()}", 3)
        self._ask_a_golden_question(outfitted, dataset)
        visitor.open(f"datasets/{dataset}/settings")
        model = visitor.page.get_by_role("region", name="Embedding model")
        visitor.press("Change the model …")
        visitor.dialog.get_by_label("When searches go over").select_option("by_hand")
        check(visitor, "change of the model")
        expect(visitor.dialog).to_contain_text("3 passages of 3 files are embedded anew")
        visitor.press("Begin", within=visitor.dialog)
        expect(model.get_by_text("Waits for your decision")).to_be_visible()
        expect(model.get_by_text("By 1 golden question")).to_be_visible()
        expect(model.get_by_role("img", name=re.compile("nDCG at 10, after: "))).to_be_visible()
        check(visitor, "a change of the model that waits")
        visitor.press("Switch")
        expect(visitor.page.get_by_role("button", name="Go back to tiny")).to_be_visible()
        assert outfitted.get(f"{BASE}/{dataset}").json()["embeddingModel"] == "small"
        visitor.press("Go back to tiny")
        expect(visitor.page.get_by_role("button", name="Go back to small")).to_be_visible()
        assert outfitted.get(f"{BASE}/{dataset}").json()["embeddingModel"] == "tiny"
        assert visitor.troubles == []

    def test_can_be_called_off(self, visitor: Visitor, outfitted: httpx.Client) -> None:
        dataset = filled(outfitted, f"Not remodelled {uuid4()}", 1)
        visitor.open(f"datasets/{dataset}/settings")
        visitor.press("Change the model …")
        visitor.dialog.get_by_label("When searches go over").select_option("by_hand")
        visitor.press("Begin", within=visitor.dialog)
        visitor.sees("Waits for your decision")
        visitor.press("Call it off")
        expect(visitor.page.get_by_text("Called off", exact=True)).to_be_visible()
        assert outfitted.get(f"{BASE}/{dataset}").json()["embeddingModel"] == "tiny"

    @staticmethod
    def _ask_a_golden_question(server: httpx.Client, dataset: str) -> None:
        sets = "/dashboard/v1/knowledge-base/question-sets"
        made = server.post(sets, json={"name": "Golden", "datasetId": dataset}).raise_for_status().json()["id"]
        found = server.post("/dashboard/v1/knowledge-base/search", json={"query": "paper 1", "datasetIds": [dataset]})
        judgement = {"chunkId": found.json()["results"][0]["chunkId"], "grade": "relevant"}
        body = {"query": "paper 1", "judgements": [judgement]}
        server.post(f"{sets}/{made}/questions", json=body).raise_for_status()


class TestQuotas:
    def test_are_shown_with_what_is_used(self, visitor: Visitor, outfitted: httpx.Client) -> None:
        dataset = filled(outfitted, f"Counted {uuid4()}", 1)
        outfitted.post("/dashboard/v1/knowledge-base/search", json={"query": "x", "datasetIds": [dataset]})
        visitor.open("system")
        quotas = visitor.page.get_by_role("region", name="Quotas")
        expect(quotas).to_contain_text(f"of {SEARCHES}")
        expect(quotas.get_by_role("meter", name=re.compile("Originals: [0-9]+ of 100 used"))).to_be_visible()
        expect(quotas).to_contain_text("not limited")
        expect(quotas).to_contain_text("Requests a minute")

    def test_that_are_used_up_are_told_where_they_refuse(self, visitor: Visitor, outfitted: httpx.Client) -> None:
        dataset = filled(outfitted, f"Full {uuid4()}", 1)
        visitor.open(f"datasets/{dataset}/files")
        visitor.press("Upload")
        much = FilePayload(name="much.txt", mimeType="text/plain", buffer=b"lamp " * 30_000)
        visitor.page.get_by_test_id("files").set_input_files([much])
        visitor.press("Upload 1 file", within=visitor.dialog)
        expect(visitor.dialog.get_by_text("would be beyond the 100,000 of this tenant")).to_be_visible()
