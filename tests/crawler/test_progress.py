"""What a crawl says of itself while it runs, and how it ended."""

from __future__ import annotations

import pytest

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.models import Crawl
from crawler.crawls.types import Asked
from crawler.running.ledger import Ledger
from tests.crawler.conftest import Field


@pytest.fixture
def site() -> MadeUpSite:
    return MadeUpSite(8, is_plain=True)


class TestPagesThatWaitForOthers:
    def test_are_counted_as_they_come(self, field_: Field, server: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[tuple[int, bool]] = []
        settle = Ledger.settle

        def look_and_settle(ledger: Ledger) -> None:
            view = field_.view(ledger.crawl_id)
            seen.append((view.pages_crawled, view.bytes_fetched > 1000))
            settle(ledger)

        monkeypatch.setattr(Ledger, "settle", look_and_settle)
        view = field_.crawl(f"{server.origin}/")
        assert seen == [(10, True)]
        assert view.pages_crawled == 10

    def test_are_counted_once_where_a_pause_has_them_fetched_again(
        self, field_: Field, server: PageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = Ledger.write

        def write_and_ask(ledger: Ledger, *given: object, **how: object) -> str | None:
            with field_.runtime.database.write() as session:
                session.get_one(Crawl, ledger.crawl_id).asked = Asked.PAUSE
            return write(ledger, *given, **how)  # type: ignore[arg-type]  # as they came

        crawl_id = field_.start(f"{server.origin}/")
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "write", write_and_ask)
            assert field_.turn("crawl")
        assert (field_.view(crawl_id).state, field_.view(crawl_id).pages_crawled) == ("paused", 0)
        with field_.runtime.database.write() as session:
            field_.runtime.crawling.crawls.resume(session, field_.principal, field_.dataset, crawl_id)
        assert field_.turn("crawl")
        assert (field_.view(crawl_id).state, field_.view(crawl_id).pages_crawled) == ("completed", 10)


class TestTheLimitOnPages:
    def test_is_told_by_every_crawl_that_it_keeps_from_more(self, field_: Field, server: PageServer) -> None:
        for _ in range(3):
            view = field_.crawl(f"{server.origin}/", max_pages=6)
            assert (view.pages_crawled, view.stopped_by) == (6, "page_budget")

    def test_is_not_told_where_there_is_no_more(self, field_: Field, server: PageServer) -> None:
        for _ in range(2):
            view = field_.crawl(f"{server.origin}/", max_pages=10)
            assert (view.pages_crawled, view.stopped_by) == (10, None)

    def test_lets_others_in_where_known_pages_have_gone(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        field_.crawl(f"{server.origin}/", max_pages=6)
        there = {file.url for file in field_.files()}
        gone = next(path for path in site.normal if f"{server.origin}{path}" in there)
        site.removed.add(gone)
        for _ in range(3):
            view = field_.crawl(f"{server.origin}/", max_pages=6)
        assert (view.pages_crawled, view.stopped_by) == (6, "page_budget")
        assert len(field_.files()) == 6
        assert f"{server.origin}{gone}" not in {file.url for file in field_.files()}
