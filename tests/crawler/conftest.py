"""A runtime that crawls sites of this machine when a test says so, and a made-up site beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.types import CrawlView
from crawler.sites.models import SitePage
from crawler.sites.types import SiteSettings
from identity.bootstrap import operator
from identity.types import Principal
from ingest.datasets.types import NewDataset
from ingest.files.types import FileView
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from retrieval.search.types import SearchRequest
from tests.mode import standing

INDEXING = ("parse", "embed", "default")


def crawl_settings(*, home: Path, **more: object) -> Settings:
    fixed: dict[str, object] = {
        "home": home,
        "egress_allow": "127.0.0.1/32",
        "crawl_pages_per_second": 100_000,
        "crawl_concurrency": 16,
        "crawl_max_page": 8_000_000,
        "crawl_timeout": 20,
        "crawl_retries": 2,
        "chunk_size": 128,
        "chunk_overlap": 0,
        **standing(home, queue=False),
    }
    return Settings(_env_file=None, **{**fixed, **more})  # type: ignore[arg-type]  # checked by pydantic


@pytest.fixture(scope="package")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = build_runtime(crawl_settings(home=tmp_path_factory.mktemp("crawls") / "home"))
    yield runtime
    runtime.close()


@dataclass
class Field:
    """A dataset, and what tests of crawls do with it."""

    runtime: Runtime
    principal: Principal
    dataset: str
    started: list[str] = field(default_factory=list)

    def start(self, url: str, **settings: object) -> str:
        wanted = SiteSettings(url, **{"max_pages": 1000, "max_depth": 200, **settings})  # type: ignore[arg-type]  # fields
        with self.runtime.database.write() as session:
            site = self.runtime.crawling.sites.save(session, self.principal, self.dataset, wanted)
            return self.runtime.crawling.crawls.start(session, site).id

    def crawl(self, url: str, **settings: object) -> CrawlView:
        """To its end, without indexing."""
        crawl_id = self.start(url, **settings)
        assert self.turn("crawl")
        return self.view(crawl_id)

    def turn(self, queue: str) -> bool:
        return self.runtime.worker._take_turn(queue)

    def index(self) -> None:
        while any([self.turn(queue) for queue in INDEXING]):  # noqa: C419 - every queue gets its turn
            pass

    def found(self, query: str) -> list[str]:
        """Contents of the best passages."""
        request = SearchRequest(query, [self.dataset])
        return [hit.passage.content for hit in self.runtime.search.search(self.principal, request).hits]

    def view(self, crawl_id: str) -> CrawlView:
        with self.runtime.database.read() as session:
            return self.runtime.crawling.crawls.get(session, self.principal, self.dataset, crawl_id)

    def report(self, crawl_id: str) -> dict[str, tuple[str, str | None]]:
        """Outcome and reason by path."""
        return {path: (row.outcome, row.reason) for path, row in self.rows(crawl_id).items()}

    def rows(self, crawl_id: str) -> dict[str, CrawlUrl]:
        with self.runtime.database.read() as session:
            rows = session.query(CrawlUrl).filter_by(crawl_id=crawl_id).all()
            origin = str(session.get_one(Crawl, crawl_id).settings["start_url"]).split("/")[2]
        return {row.url.partition(origin)[2]: row for row in rows}

    def pages(self, crawl_id: str) -> dict[str, SitePage]:
        with self.runtime.database.read() as session:
            crawl = session.get_one(Crawl, crawl_id)
            return {row.url: row for row in session.query(SitePage).filter_by(site_id=crawl.site_id).all()}

    def files(self) -> list[FileView]:
        with self.runtime.database.read() as session:
            return list(self.runtime.files.list(session, self.principal, self.dataset))


@pytest.fixture
def field_(runtime: Runtime) -> Iterator[Field]:
    with runtime.database.write() as session:
        principal = operator(session)
        view = runtime.datasets.create(session, principal, NewDataset(name=f"field {uuid4()}"))
    found = Field(runtime, principal, view.id)
    yield found
    with runtime.database.write() as session:
        runtime.datasets.delete(session, principal, view.id)
    found.index()


@pytest.fixture
def site() -> MadeUpSite:
    return MadeUpSite(60)


@pytest.fixture
def server(site: MadeUpSite) -> Iterator[PageServer]:
    with PageServer(site.answer) as server:
        site.sitemaps(server.origin)
        yield server
