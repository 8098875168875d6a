"""What can be set about datasets, websites and agents, and what others are told of it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.console.datasets import BASE, filled, settle, with_files
from tests.e2e.console.visitor import Visitor
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, prose


def _picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (200, 60), "white").save(content, "GIF")
    return content.getvalue()


class TestADataset:
    def test_has_a_way_of_being_searched_of_its_own(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, f"Searched its way {uuid4()}", 1)
        visitor.open(f"datasets/{dataset}/settings")
        visitor.page.get_by_label("A weight of words and meaning of its own").check()
        visitor.page.get_by_label("Words or meaning", exact=True).fill("0.25")
        visitor.page.get_by_label("How both are made one").select_option("rrf")
        visitor.sees("1 change not saved")
        visitor.press("Save")
        visitor.sees("Saved.")
        assert server.get(f"{BASE}/{dataset}").json()["search"] == {"hybridAlpha": 0.25, "fusion": "rrf"}
        visitor.page.get_by_label("A weight of words and meaning of its own").uncheck()
        visitor.press("Save")
        expect(visitor.page.get_by_text("1 change not saved")).to_have_count(0)
        assert server.get(f"{BASE}/{dataset}").json()["search"] == {"hybridAlpha": None, "fusion": "rrf"}

    def test_replaces_the_personal_data_that_is_chosen(self, visitor: Visitor, server: httpx.Client) -> None:
        paper = {"paper.md": b"# Paper\n\nAsk jane@example.org or call 020 7946 0958.\n"}
        dataset = with_files(server, f"Personal {uuid4()}", paper)
        visitor.open(f"datasets/{dataset}/settings")
        expect(visitor.page.get_by_label("Countries")).to_have_count(0)
        visitor.page.get_by_label("Mail addresses").check()
        visitor.page.get_by_label("Phone numbers").check()
        visitor.page.get_by_label("Countries").press_sequentially("gb uk")
        visitor.press("Save")
        visitor.sees("no country has that ISO 3166 code")
        visitor.page.get_by_label("Countries").fill("GB DE")
        visitor.sees("Files that are here keep their passages until they are built anew.")
        visitor.press("Save")
        visitor.sees("being built anew")
        settle(server, dataset)
        found = server.get(f"{BASE}/{dataset}").json()
        assert found["redaction"] == {"kinds": ["email", "phone"], "countries": ["GB", "DE"]}
        chunks = server.get(f"{BASE}/{dataset}/files/{found['files'][0]['id']}/chunks").json()["data"]
        assert "Ask [EMAIL] or call [PHONE]." in chunks[0]["content"]

    def test_reads_scans_once_it_is_told_to_and_says_before_what_that_takes(
        self, visitor: Visitor, server: httpx.Client, tmp_path: Path
    ) -> None:
        writer = PdfWriter([PdfPage(prose(["Read me"])), PdfPage(drawing="60 60 300 200 re f")])
        scan = writer.write(tmp_path / "scan.pdf").read_bytes()
        dataset = with_files(server, f"Scanned {uuid4()}", {"scan.pdf": scan, "picture.gif": _picture()})
        visitor.open(f"datasets/{dataset}/settings")
        visitor.page.get_by_label("Read pages without text by text recognition").check()
        visitor.sees("A file takes about 34 minutes at most.")
        visitor.sees("Text recognition reads 1 page, less than a minute of a processor, and all pages of 1 file")
        pages = visitor.page.get_by_label("Pages of one file at most")
        pages.fill("0")
        visitor.sees("From 1 to 2000 pages.")
        expect(visitor.page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
        pages.fill("12")
        visitor.sees("A file takes about 4 minutes at most.")
        visitor.page.get_by_label("Build them anew after saving").uncheck()
        visitor.press("Save")
        visitor.sees("Saved.")
        assert server.get(f"{BASE}/{dataset}").json()["ocr"] == {"enabled": True, "maxPages": 12}
        visitor.page.get_by_label("Read pages without text by text recognition").uncheck()
        expect(pages).to_have_count(0)
        visitor.press("Save")
        expect(visitor.page.get_by_text("1 change not saved")).to_have_count(0)
        assert server.get(f"{BASE}/{dataset}").json()["ocr"] == {"enabled": False, "maxPages": None}

    def test_says_that_there_is_no_other_model(self, visitor: Visitor, server: httpx.Client) -> None:
        visitor.open(f"datasets/{filled(server, f'One model {uuid4()}', 1)}/settings")
        visitor.sees("CAIRN_EMBEDDING_MODELS names further ones")


class TestAWebsite:
    def test_keeps_its_settings_and_a_login_that_nobody_is_shown(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = str(server.post(BASE, json={"name": f"Signs in {uuid4()}"}).raise_for_status().json()["id"])
        site = {"startUrl": "http://127.0.0.1:9/", "maxMinutes": 7, "useSitemaps": False}
        server.put(f"{BASE}/{dataset}/crawl", json=site).raise_for_status()
        visitor.open(f"datasets/{dataset}/website")
        visitor.press("Settings")
        visitor.dialog.get_by_label("Pages at most").fill("30")
        visitor.press("Save", within=visitor.dialog)
        visitor.sees("at most 30 pages")
        [kept] = server.get(f"{BASE}/{dataset}/crawl/sites").json()["data"]
        assert (kept["maxPages"], kept["maxMinutes"], kept["useSitemaps"]) == (30, 7, False)
        visitor.press("Login …")
        visitor.dialog.get_by_label("User name").fill("reader")
        visitor.press("Save", within=visitor.dialog)
        expect(visitor.dialog.get_by_role("alert")).to_contain_text("Enter the user name and the password.")
        visitor.dialog.get_by_label("Password", exact=True).fill("a lamp at dusk")
        visitor.press("Save", within=visitor.dialog)
        visitor.sees("crawls sign in")
        assert "a lamp at dusk" not in visitor.page.content()
        visitor.press("Login …")
        visitor.press("Forget the login", within=visitor.dialog)
        expect(visitor.page.get_by_text("crawls sign in")).to_have_count(0)


class TestAgents:
    def test_are_told_with_what_they_see(self, visitor: Visitor, server: httpx.Client) -> None:
        role, name = f"writer-{uuid4().hex[:6]}", f"For writers {uuid4()}"
        server.post(BASE, json={"name": name, "allowedAgentRoles": [role]}).raise_for_status()
        key = {"name": "The writer", "role": "reviewer", "agentRole": role, "scopes": ["knowledge:search"]}
        server.post("/dashboard/v1/access-keys", json=key).raise_for_status()
        visitor.open("access/agents")
        row = visitor.page.get_by_role("row").filter(has_text=role)
        expect(row).to_contain_text("The writer")
        row.get_by_role("link", name=name).click()
        visitor.sees_heading(name)
        expect(visitor.page.get_by_text(role)).to_be_visible()


class TestTheTrail:
    def test_can_be_taken_away(self, visitor: Visitor, server: httpx.Client, tmp_path: Path) -> None:
        made = server.post(BASE, json={"name": f"Trailed {uuid4()}"}).raise_for_status().json()["id"]
        visitor.open("access/audit")
        visitor.page.get_by_label("About").select_option("dataset")
        with visitor.page.expect_download() as download:
            visitor.press("Export")
        download.value.save_as(tmp_path / "log")
        entries = [json.loads(line) for line in (tmp_path / "log").read_text("utf-8").splitlines()]
        assert {entry["entityType"] for entry in entries} == {"dataset"}
        assert made in {entry["entityId"] for entry in entries}
