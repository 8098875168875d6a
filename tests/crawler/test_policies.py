"""What a crawl takes and what it leaves: patterns, modes, budgets with the reason they ended it, kinds by content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from time import monotonic, time
from uuid import uuid4

import pytest

from bench.page_server import Answer, PageServer
from crawler.reasons import Outcome, Reason
from crawler.sites.types import CrawlMode
from identity.bootstrap import operator
from ingest.datasets.types import NewDataset
from orchestration.runtime import Runtime, build_runtime
from tests.crawler.conftest import Field, crawl_settings

HTML = {"Content-Type": "text/html"}
KEPT, EXCLUDED = (Outcome.KEPT, Reason.NEW), (Outcome.SKIPPED, Reason.EXCLUDED)
PATHS = ("/", "/docs/", "/docs/a.html", "/docs/tags/x", "/blog/2026/b.html", "/blog/print/b.html")


def page(path: str, links: tuple[str, ...] = (), *, size: int = 0, delay: float = 0.0) -> Answer:
    anchors = "".join(f"<a href='{link}'>x</a>" for link in links)
    words = f"This is what the page {path} has to say, and no other page says so." + f" {path}" * size
    return Answer(200, HTML, f"<html><body><main><p>{words}</p>{anchors}</main></body></html>".encode(), delay)


@dataclass
class House:
    """Every page leads to all of them; the sitemap lists one of them and one that nothing leads to."""

    origin: str = ""

    def answer(self, path: str) -> Answer:
        if path == "/sitemap.xml":
            listed = ("/docs/a.html", "/hidden.html")
            urls = "".join(f"<url><loc>{self.origin}{one}</loc></url>" for one in listed)
            return Answer(200, {"Content-Type": "text/xml"}, f"<urlset>{urls}</urlset>".encode())
        return page(path, PATHS) if path in (*PATHS, "/hidden.html") else Answer(404)


@pytest.fixture
def origin() -> Iterator[str]:
    house = House()
    with PageServer(house.answer) as server:
        house.origin = server.origin
        yield server.origin


def outcomes(field_: Field, url: str, **settings: object) -> dict[str, tuple[str, str | None]]:
    return field_.report(field_.crawl(url, **settings).id)


class TestPatterns:
    def test_leave_out_what_is_excluded(self, field_: Field, origin: str) -> None:
        report = outcomes(field_, f"{origin}/", exclude=("/docs/tags/*", "print"), use_sitemaps=False)
        out = {path for path, verdict in report.items() if verdict == EXCLUDED}
        assert out == {"/docs/tags/x", "/blog/print/b.html"}

    def test_take_only_what_is_included_and_the_start(self, field_: Field, origin: str) -> None:
        report = outcomes(field_, f"{origin}/", include=("/docs/*",), use_sitemaps=False)
        assert {path for path, verdict in report.items() if verdict == KEPT} == {
            "/", "/docs/", "/docs/a.html", "/docs/tags/x"
        }  # fmt: skip
        assert report["/blog/2026/b.html"] == EXCLUDED

    def test_keep_to_a_path(self, field_: Field, origin: str) -> None:
        report = outcomes(field_, f"{origin}/docs/", path_prefix="/docs/", use_sitemaps=False)
        assert {path for path, (outcome, _) in report.items() if outcome == Outcome.KEPT} == {
            "/docs/", "/docs/a.html", "/docs/tags/x"
        }  # fmt: skip
        assert report["/blog/2026/b.html"] == (Outcome.SKIPPED, Reason.OUTSIDE_PATH)


class TestAMode:
    def test_sitemap_takes_what_sitemaps_list_and_follows_no_link(self, field_: Field, origin: str) -> None:
        report = outcomes(field_, f"{origin}/", mode=CrawlMode.SITEMAP)
        assert report == dict.fromkeys(("/", "/docs/a.html", "/hidden.html"), KEPT)

    def test_list_takes_the_addresses_given(self, field_: Field, origin: str) -> None:
        urls = (f"{origin}/docs/a.html", f"{origin}/hidden.html", f"{origin}/nowhere")
        report = outcomes(field_, f"{origin}/", mode=CrawlMode.LIST, urls=urls)
        assert report == {
            "/docs/a.html": KEPT, "/hidden.html": KEPT, "/nowhere": (Outcome.GONE, Reason.NOT_FOUND)
        }  # fmt: skip


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """An installation that grants a crawl 300,000 bytes and three seconds."""
    folder = tmp_path_factory.mktemp("poor") / "home"
    limits = {"crawl_max_bytes": 300_000, "crawl_max_seconds": 3, "crawl_concurrency": 2}
    runtime = build_runtime(crawl_settings(home=folder, **limits))
    yield runtime
    runtime.close()


def field_of(runtime: Runtime) -> Field:
    with runtime.database.write() as session:
        principal = operator(session)
        view = runtime.datasets.create(session, principal, NewDataset(name=f"field {uuid4()}"))
    return Field(runtime, principal, view.id)


@pytest.fixture
def poor_field(poor: Runtime) -> Field:
    return field_of(poor)


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Field]:
    """An installation that waits two seconds for a page, and tries once more."""
    runtime = build_runtime(crawl_settings(home=tmp_path / "home", crawl_timeout=2, crawl_retries=1))
    yield field_of(runtime)
    runtime.close()


class TestABudget:
    def chain(self, path: str) -> Answer:
        number = int(path.strip("/") or 0) if path.strip("/").isdigit() or path == "/" else -1
        return Answer(404) if number < 0 else page(path, (f"/{number + 1}",))

    def test_of_pages_ends_it_and_says_so(self, field_: Field, origin: str) -> None:
        crawl = field_.crawl(f"{origin}/", max_pages=2, use_sitemaps=False)
        assert (crawl.state, crawl.stopped_by, crawl.counts[Outcome.KEPT]) == ("completed", Reason.PAGE_BUDGET, 2)
        left = [reason for outcome, reason in field_.report(crawl.id).values() if outcome == Outcome.SKIPPED]
        assert left == [Reason.PAGE_BUDGET] * (len(PATHS) - 2)

    def test_of_links_from_the_start_names_what_is_too_deep(self, field_: Field) -> None:
        with PageServer(self.chain) as server:
            report = outcomes(field_, f"{server.origin}/", max_depth=2)
        assert report == {"/": KEPT, "/1": KEPT, "/2": KEPT, "/3": (Outcome.SKIPPED, Reason.TOO_DEEP)}

    def test_of_bytes_ends_it_and_says_so(self, poor_field: Field) -> None:
        links = tuple(f"/{number}" for number in range(400))

        def answer(path: str) -> Answer:
            return page(path, links if path == "/" else (), size=15_000, delay=0.05)

        with PageServer(answer) as server:
            crawl = poor_field.crawl(f"{server.origin}/", use_sitemaps=False)
        assert (crawl.state, crawl.stopped_by) == ("completed", Reason.BYTE_BUDGET)
        report = poor_field.report(crawl.id)
        assert (Outcome.SKIPPED, Reason.BYTE_BUDGET) in report.values()
        assert all(outcome != Outcome.WAITING for outcome, _ in report.values())

    def test_of_time_ends_it_and_says_so(self, poor_field: Field) -> None:
        links = tuple(f"/{number}" for number in range(400))

        def answer(path: str) -> Answer:
            return page(path, links if path == "/" else (), delay=0.3)

        with PageServer(answer) as server:
            crawl = poor_field.crawl(f"{server.origin}/", use_sitemaps=False)
        assert (crawl.state, crawl.stopped_by) == ("completed", Reason.TIME_BUDGET)
        assert (Outcome.SKIPPED, Reason.TIME_BUDGET) in poor_field.report(crawl.id).values()


class TestATry:
    @pytest.mark.parametrize("wish", [lambda: "2", lambda: formatdate(time() + 3, usegmt=True)])
    def test_waits_as_long_as_the_server_wishes(self, field_: Field, wish: Callable[[], str]) -> None:
        asked: list[float] = []

        def answer(path: str) -> Answer:
            if path != "/":
                return Answer(404)
            asked.append(monotonic())
            return Answer(429, {"Retry-After": wish()}) if len(asked) == 1 else page(path)

        with PageServer(answer) as server:
            assert outcomes(field_, f"{server.origin}/") == {"/": KEPT}
        assert asked[1] - asked[0] >= 2

    def test_is_made_again_when_the_connection_breaks(self, field_: Field) -> None:
        asked: list[str] = []

        def answer(path: str) -> Answer:
            asked.append(path)
            if path == "/" and asked.count("/") < 3:
                raise ConnectionResetError
            return page(path) if path == "/" else Answer(404)

        with PageServer(answer) as server:
            assert outcomes(field_, f"{server.origin}/", use_sitemaps=False) == {"/": KEPT}
        assert asked.count("/") == 3

    def test_is_made_again_when_nothing_comes_in_time(self, hasty: Field) -> None:
        asked: list[str] = []

        def answer(path: str) -> Answer:
            asked.append(path)
            first = page(path, ("/late",), delay=0 if path == "/" else 9)
            return (page(path) if asked.count("/late") > 1 else first) if path in {"/", "/late"} else Answer(404)

        with PageServer(answer) as server:
            report = outcomes(hasty, f"{server.origin}/", use_sitemaps=False)
        assert (report["/late"], asked.count("/late")) == (KEPT, 2)

    def test_that_nothing_comes_of_is_called_a_time_out(self, hasty: Field) -> None:
        with PageServer(lambda path: page(path, delay=9) if path == "/" else Answer(404)) as server:
            report = outcomes(hasty, f"{server.origin}/", use_sitemaps=False)
        assert report == {"/": (Outcome.FAILED, Reason.TIMED_OUT)}

    def test_is_made_a_set_number_of_times(self, field_: Field) -> None:
        with PageServer(lambda path: Answer(503) if path == "/" else Answer(404)) as server:
            report = outcomes(field_, f"{server.origin}/")
            assert server.asked["/"] == 1 + field_.runtime.settings.crawl_retries
        assert report == {"/": (Outcome.FAILED, Reason.SERVER_ERROR)}


class TestAKind:
    def test_is_told_by_content_where_the_server_is_wrong_or_silent(self, field_: Field) -> None:
        text = b"A plain text file that tells of the garden and of the trees in it."
        answers = {
            "/": page("/", ("/a", "/b.html", "/c", "/d")),
            "/a": Answer(200, {}, b"<!doctype html><title>A</title><p>A page without a kind, about apples.</p>"),
            "/b.html": Answer(200, HTML, b"%PDF-1.4 this is no page"),
            "/c": Answer(200, {"Content-Type": "application/octet-stream"}, b"\x7fELF" + bytes(300)),
            "/d": Answer(200, {"Content-Type": "text/plain; charset=utf-8"}, text),
        }
        with PageServer(lambda path: answers.get(path, Answer(404))) as server:
            crawl = field_.crawl(f"{server.origin}/", use_sitemaps=False)
        report = field_.report(crawl.id)
        assert (report["/a"], report["/d"]) == (KEPT, KEPT)
        assert report["/c"] == (Outcome.SKIPPED, Reason.CONTENT_TYPE)
        kinds = {str(file.url).removeprefix(server.origin): file.mime_type for file in field_.files()}
        assert kinds["/a"] == "text/html"
        assert kinds["/b.html"] == "application/pdf"
