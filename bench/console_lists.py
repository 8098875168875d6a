"""What the console's long lists cost in script: `python -m bench.console_lists [--rows 5000]`.

A server is started, and a browser looks at its console. What the server answers with for a list is made up here: one
real row, this many times, under other names. Lists that come whole are opened, sorted, filtered and scrolled; those
that come page by page are gone through until all rows are there. Told is the time that scripts took on the browser's
main thread, by its own account (threadTicks, so that other processes do not count): the median of a few tries of each
deed, and of the pages that of the slowest.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page, Route, expect, sync_playwright

from bench.server import KnowledgeBase, Server, Upload, serving, throwaway_home

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]
LIMIT_MS = 100.0
TRIES = 5
PAGE = 100
PATIENCE_MS = 60_000
NAMES = ("Jahresbericht", "تقرير سنوي", "年次報告書", "Ετήσια έκθεση", "a" * 120)
URL = {
    "url": "", "outcome": "skipped", "reason": "robots", "explanation": "robots.txt does not allow it", "depth": 2,
    "httpStatus": 200, "fileId": None, "target": None, "alternateOf": None, "language": None,
}  # fmt: skip
CRAWL = {
    "id": "made-up", "startUrl": "https://docs.example.org/", "state": "completed", "pagesCrawled": 0,
    "pagesIndexed": 0, "pagesFailed": 0, "pagesToRemove": 0, "bytesFetched": 0, "counts": {},
    "startedAt": None, "scheduledFor": None, "completedAt": None, "stopReason": None, "errorMessage": None,
}  # fmt: skip

Row = dict[str, Any]
Found = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Paged:
    """A list that comes page by page: where it is in the console, which answers it is made of, and one of its rows."""

    name: str
    place: str
    address: str
    row: Row
    renamed: Callable[[Row, int], Row]
    press: str | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    rows = parser.parse_args().rows
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("no Chromium (on Debian: apt-get install chromium)")
    with (
        throwaway_home() as home,
        serving(home) as server,
        server.knowledge_base() as base,
        sync_playwright() as driver,
    ):
        dataset_id = prepare(base)
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        found: dict[str, Found] = {}
        page = signed_in(browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 860}), server)
        found["files"] = measure_files(page, base, dataset_id, rows)
        page.route("**/crawl/made-up", lambda route: route.fulfill(body=json.dumps(CRAWL)))
        for listed in paged_lists(base, dataset_id):
            found[listed.name] = measure_pages(page, listed, rows)
        browser.close()
    report(found, rows)


def prepare(base: KnowledgeBase) -> str:
    """A dataset with a file and a website."""
    dataset_id = base.create_dataset("bench")
    base.upload(dataset_id, [Upload("harbour.md", b"# Harbour\n\nThe harbour has lanterns.\n")])
    base.wait_until_settled(dataset_id)
    base.search("lanterns", [dataset_id], top_k=1)
    return dataset_id


def signed_in(page: Page, server: Server) -> Page:
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.add_init_script(f"sessionStorage.setItem('cairn.key', {server.key!r})")
    return page


def paged_lists(base: KnowledgeBase, dataset_id: str) -> Sequence[Paged]:
    def first(address: str) -> Row:
        row: Row = base.http.get(address).raise_for_status().json()["data"][0]
        return row

    return [
        Paged(
            "addresses of a crawl", f"datasets/{dataset_id}/website/made-up", "/crawl/made-up/urls", URL,
            lambda row, n: row | {"url": f"https://docs.example.org/{n:05}/{NAMES[n % len(NAMES)]}.html"},
        ),
        Paged(
            "jobs", "jobs", "/knowledge-base/jobs", first("/jobs") | {"state": "done"},
            lambda row, n: row | {"id": f"{n:026}", "subjectName": f"{n:05} {NAMES[n % len(NAMES)]}.pdf"}, press="All",
        ),
        Paged(
            "history", "history", "/knowledge-base/search-records", first("/search-records"),
            lambda row, n: row | {"id": f"{n:026}", "query": f"{NAMES[n % len(NAMES)]} {n}?"},
        ),
        Paged(
            "audit log", "access/audit", "/audit-log", first("/../audit-log"),
            lambda row, n: row | {"id": f"{n:026}", "entityId": f"{n:026}"},
        ),
    ]  # fmt: skip


def measure_files(page: Page, base: KnowledgeBase, dataset_id: str, rows: int) -> Found:
    body = base.http.get(f"/datasets/{dataset_id}").raise_for_status().json()
    [file] = body["files"]
    body["files"] = [
        file | {"id": f"{file['id'][:-5]}{n:05}", "fileName": f"{NAMES[n % len(NAMES)]}/{n:05}.pdf", "fileSizeBytes": n}
        for n in range(rows)
    ]
    answer = json.dumps(body)
    page.route(f"**/knowledge-base/datasets/{dataset_id}", lambda route: route.fulfill(body=answer))
    told, heading = f"{rows:,} files", page.get_by_role("columnheader").get_by_role("button", name="Name")

    def open_list() -> None:
        page.goto("/#/datasets")
        page.get_by_role("link", name="bench").click()
        expect(page.get_by_text(told)).to_be_visible()

    def sort() -> None:
        order = page.get_by_role("columnheader", name="Name").get_attribute("aria-sort")
        heading.click()
        expected = "descending" if order == "ascending" else "ascending"
        expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", expected)

    def filter_names() -> None:
        box = page.get_by_label("Filter by name")
        wanted = "" if box.input_value() else NAMES[0]
        box.fill(wanted)
        expect(page.get_by_text(f"of {told}" if wanted else told).first).to_be_visible()

    def scroll() -> None:
        page.evaluate("scrollTo(0, scrollY ? 0 : document.body.scrollHeight)")

    session = listening(page)
    return {
        deed.__name__.replace("_", " "): statistics.median(script_ms(session, deed) for _ in range(TRIES))
        for deed in (open_list, sort, filter_names, scroll)
    }


def measure_pages(page: Page, listed: Paged, rows: int) -> Found:
    pages = [
        [listed.renamed(listed.row, n) for n in range(start, min(start + PAGE, rows))] for start in range(0, rows, PAGE)
    ]

    def answer(route: Route) -> None:
        _, _, cursor = route.request.url.partition("cursor=")
        number = int(cursor.split("&")[0] or 0)
        following = str(number + 1) if number + 1 < len(pages) else None
        pagination = {"limit": PAGE, "nextCursor": following, "hasMore": following is not None}
        route.fulfill(body=json.dumps({"data": pages[number], "pagination": pagination}))

    pattern = f"**{listed.address}?*"
    page.route(pattern, answer)
    table, more = page.get_by_role("table").locator("tbody > tr"), page.get_by_role("button", name="Show more")

    def open_list() -> None:
        page.goto("/#/nowhere")
        page.goto(f"/#/{listed.place}")
        if listed.press:
            page.get_by_role("button", name=listed.press, exact=True).click()
        expect(table).to_have_count(len(pages[0]))

    session = listening(page)
    opening = statistics.median(script_ms(session, open_list) for _ in range(TRIES))
    steps = []
    for shown in range(1, len(pages)):
        count = sum(map(len, pages[: shown + 1]))

        def go_on(count: int = count) -> None:
            more.click()
            page.wait_for_function("wanted => document.querySelectorAll('tbody > tr').length === wanted", arg=count)

        steps.append(script_ms(session, go_on))
    page.unroute(pattern)
    return {"open list": opening, "one page more": statistics.median(steps), "the last page": steps[-1]}


def listening(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return session


def script_ms(session: CDPSession, deed: Callable[[], object]) -> float:
    def now() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"))

    before = now()
    deed()
    return (now() - before) * 1000


def report(found: Mapping[str, Found], rows: int) -> None:
    print(f"script at {rows:,} rows, ms (at most {LIMIT_MS:g})")
    for name, deeds in found.items():
        for deed, taken in deeds.items():
            print(f"{name:>22} | {deed:<14} | {taken:7.1f}{'  TOO LONG' if taken > LIMIT_MS else ''}")


if __name__ == "__main__":
    main()
