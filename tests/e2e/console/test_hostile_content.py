"""What tries to become script: pages, Markdown, drawings, PDFs, tables, mails, file names, names of datasets, titles of
crawled pages."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.console.crawling import CRAWL_MS
from tests.e2e.console.datasets import BASE, settle
from tests.e2e.console.visitor import Visitor
from tests.e2e.console.website import opened
from tests.e2e.served import KEY
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, prose

ACTIVITIES = "/dashboard/v1/activities"
DEED = "top.pwned=self.pwned=1;document.title='pwned';fetch('LEAK/x')"
MARKUP = f'<img src=x onerror="{DEED}"><script>{DEED}</script><svg onload="{DEED}"></svg>'
PAGE = f"""<!doctype html><html><head><title>{MARKUP}</title>
<meta http-equiv="refresh" content="0;url=javascript:{DEED}">
<base href="LEAK/"><link rel="stylesheet" href="LEAK/style"><script>{DEED}</script></head>
<body onload="{DEED}"><h1>Lanterns {MARKUP}</h1><p>Lanterns burn oil, and give light for nine hours on one filling.</p>
<a href="javascript:{DEED}" id="bait">Lanterns</a><iframe src="javascript:{DEED}"></iframe>
<object data="x.svg"></object>
<form action="LEAK"><button id="send">Send</button></form><img src="LEAK/pixel"></body></html>"""
TITLE = MARKUP.replace("(", "\\(").replace(")", "\\)")
NAMES = {
    "page.html": PAGE,
    "notes.md": f"# Lanterns {MARKUP}\n\n[bait](javascript:{DEED}) Lanterns {MARKUP} burn oil.\n",
    f"name {MARKUP.replace('/', '')}.txt": f"Lanterns have names. {MARKUP}",
    "table.csv": f'lantern,light\n"{MARKUP.replace(chr(34), chr(39))}",nine hours\n',
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{DEED}"><script>{DEED}</script></svg>',
    "mail.eml": f"From: a@example.com\nSubject: {MARKUP}\nContent-Type: text/html\n\n<p>Lanterns {MARKUP}</p>\n",
}


@pytest.fixture(scope="module")
def reached() -> Iterator[list[str]]:
    """What reached the listener that the uploads try to call; its address comes first."""
    calls: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 - as above

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    calls.append(f"http://127.0.0.1:{listener.server_address[1]}")
    yield calls
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.fixture(scope="module")
def dataset(server: httpx.Client, reached: list[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    [leak] = reached
    made = server.post(BASE, json={"name": f"Hostile {MARKUP}"[:200], "description": MARKUP}).raise_for_status().json()
    for name, content in NAMES.items():
        data = content.replace("LEAK", leak).encode()
        server.post(f"{BASE}/{made['id']}/files/upload", files=[("files", (name, data))])
    writer = PdfWriter(
        [PdfPage(prose(["Lanterns burn oil, and give light for nine hours."] * 5))],
        title=TITLE, outline=[(TITLE, 0)], catalog=f"/OpenAction << /S /JavaScript /JS (app.alert\\({leak}\\)) >>",
    )  # fmt: skip
    pdf = writer.write(tmp_path_factory.mktemp("hostile") / "hostile.pdf").read_bytes()
    answer = server.post(f"{BASE}/{made['id']}/files/upload", files=[("files", ("script.pdf", pdf))])
    assert answer.json()["uploadedFiles"], answer.text
    settle(server, made["id"])
    return str(made["id"])


@pytest.fixture
def visitor(browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    """Breaches of the policy are written to the browser's console, and are what should happen here."""
    visitor = Visitor.at(browser, str(server.base_url), key=KEY)
    visitor.page.on("dialog", lambda dialog: visitor.troubles.append(f"a dialog: {dialog.message}"))
    yield visitor
    visitor.leave()


def check(visitor: Visitor, reached: list[str]) -> None:
    visitor.at_rest()
    assert visitor.page.evaluate("self.pwned") is None
    assert visitor.page.title() != "pwned"
    assert (
        visitor.page.evaluate("document.querySelectorAll('main script, main svg[onload], main img[onerror]').length")
        == 0
    )
    assert [trouble for trouble in visitor.troubles if trouble.startswith("a dialog")] == []
    assert reached[1:] == [], "something was called"


class TestHostileUploads:
    def test_run_nothing_in_any_list(self, visitor: Visitor, dataset: str, reached: list[str]) -> None:
        for place in ("datasets", f"datasets/{dataset}/files", f"datasets/{dataset}/settings"):
            visitor.open(place)
            check(visitor, reached)

    def test_run_nothing_among_results(self, visitor: Visitor, dataset: str, reached: list[str]) -> None:
        visitor.open(f"search?q=lanterns+that+burn+oil&in={dataset}&a.top=20")
        expect(visitor.hits.first).to_be_visible()
        check(visitor, reached)
        visitor.page.get_by_text("This request elsewhere").click()
        check(visitor, reached)

    def test_run_nothing_where_they_are_shown(
        self, visitor: Visitor, server: httpx.Client, dataset: str, reached: list[str]
    ) -> None:
        files = server.get(f"{BASE}/{dataset}").json()["files"]
        assert len(files) >= 4
        for file in files:
            visitor.open(f"datasets/{dataset}/file/{file['id']}")
            expect(visitor.page.get_by_role("region", name="Passages")).to_be_visible()
            check(visitor, reached)

    def test_a_page_is_shown_in_a_frame_without_any_right(
        self, visitor: Visitor, server: httpx.Client, dataset: str, reached: list[str]
    ) -> None:
        [page] = [f for f in server.get(f"{BASE}/{dataset}").json()["files"] if f["fileName"] == "page.html"]
        visitor.open(f"datasets/{dataset}/file/{page['id']}")
        frame = visitor.page.locator("iframe")
        expect(frame).to_have_attribute("sandbox", "")
        inside = visitor.page.frame_locator("iframe")
        expect(inside.get_by_text("give light for nine hours")).to_be_visible()
        inside.locator("#bait").click()
        inside.locator("#send").click()
        check(visitor, reached)
        expect(inside.get_by_text("give light for nine hours")).to_be_visible()

    def test_run_nothing_in_titles_of_crawled_pages(
        self, visitor: Visitor, server: httpx.Client, reached: list[str], tmp_path: Path
    ) -> None:
        made = server.post(BASE, json={"name": "Hostile site"}).raise_for_status().json()["id"]
        with opened(tmp_path) as website:
            website.write(1, title=MARKUP, told=f"Lanterns {MARKUP} burn oil all night long for those at sea. ")
            asked = {"startUrl": website.address, "maxPages": 2}
            crawl = server.post(f"{BASE}/{made}/crawl", json=asked).raise_for_status().json()
            visitor.open(f"datasets/{made}/website/{crawl['crawlJobId']}")
            expect(visitor.page.get_by_text("Done", exact=True)).to_be_visible(timeout=CRAWL_MS)
        settle(server, made)
        [page] = [f for f in server.get(f"{BASE}/{made}").json()["files"] if f["fileName"].endswith("page1.html")]
        for place in ("files", "website", f"website/{crawl['crawlJobId']}"):
            visitor.open(f"datasets/{made}/{place}")
            check(visitor, reached)
        for view in ("text", "report", "versions", "about"):
            visitor.open(f"datasets/{made}/file/{page['id']}?view={view}")
            check(visitor, reached)
        visitor.open(f"search?q=lanterns+at+sea&in={made}")
        expect(visitor.hits.first).to_be_visible()
        check(visitor, reached)

    def test_run_nothing_where_people_and_agents_work(
        self, visitor: Visitor, server: httpx.Client, reached: list[str]
    ) -> None:
        given = {"title": MARKUP, "inputPrompt": f"Lanterns {MARKUP}", "type": "x", "agentRole": "researcher"}
        task = server.post(ACTIVITIES, json={**given, "needsApproval": True}).raise_for_status().json()["id"]
        said = {"text": f"@agent:researcher {MARKUP} [bait](javascript:{DEED}) [cite:{MARKUP}]"}
        server.post(f"{ACTIVITIES}/{task}/comments", json=said).raise_for_status()
        for place in ("tasks", f"tasks/{task}", "approvals"):
            visitor.open(place)
            check(visitor, reached)

    def test_the_browser_refuses_to_make_markup_of_text(self, visitor: Visitor) -> None:
        visitor.open("datasets")
        made = visitor.page.evaluate(
            """() => {
              try { document.createElement("div").innerHTML = "<b>x</b>"; return "made"; } catch (e) { return e.name; }
            }"""
        )
        assert made == "TypeError"
