"""Pages a second of a crawl, its extraction and its indexing, beside plain Scrapy with trafilatura and `wget -r`; and
what recrawls cost.

`python -m bench.crawl [--pages 500] [--rounds 3]`. All of it is one run on one machine against a server on it, without
pauses between requests; the server is a process of its own. To be compared are "crawl and extraction", pages from their
addresses to stored, extracted files, and plain Scrapy, from the same addresses to texts in memory.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Self
from uuid import uuid4

from sqlalchemy import func, select

from bench.made_up_site import MadeUpSite
from crawler.crawls.models import Crawl
from crawler.engine.messages import Bounds, Done, Job, Manners, Page, Scope
from crawler.running.child import CrawlChild
from crawler.sites.types import SiteSettings
from identity.bootstrap import operator
from ingest.datasets.types import NewDataset
from ingest.files.jobs import PARSE
from kit.jobs.models import Job as JobRow
from kit.jobs.types import UNFINISHED, JobState
from kit.logging import configure_logging
from kit.settings import Settings
from kit.zygote.keeper import ZygoteKeeper
from orchestration.runtime import Runtime, build_runtime

_MANY = 1_000_000
_RATE = 100_000.0
_LOOK_SECONDS = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    configure_logging("warning", "console")
    with Served(arguments.pages) as site, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with _running(place / "home") as runtime:
            rounds = [_round(runtime, site.url, place, number) for number in range(arguments.rounds)]
            _told_together(rounds)
            _recrawls(runtime, site)


class Served:
    """A made-up site of plain pages, served by a process of its own, which takes no turns with what is measured."""

    def __init__(self, pages: int) -> None:
        command = [sys.executable, "-m", "bench.made_up_site", "--plain", "--pages", str(pages)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._answer().partition(" ")[0]
        self.paths = MadeUpSite(pages, is_plain=True).normal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()

    def edit(self, paths: Sequence[str]) -> None:
        """Changes a paragraph of each."""
        for path in paths:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{path}\n")
            self._process.stdin.flush()
            self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@dataclass(frozen=True, slots=True)
class Round:
    """Pages a second."""

    engine: float
    crawl: float
    extracted: float
    indexing: float
    plain: float
    wget: float | None

    def told(self) -> str:
        beside = "" if self.wget is None else f", wget -r {self.wget:.0f}"
        ours = f"crawl process alone {self.engine:.1f}, crawl {self.crawl:.1f}, with extraction {self.extracted:.1f}"
        share = f"share {self.extracted / self.plain:.2f}, of the crawl alone {self.crawl / self.plain:.2f}"
        plain = f"plain Scrapy with trafilatura {self.plain:.1f}{beside}"
        return f"{ours}, indexing after it {self.indexing:.1f}; {plain}; {share}"


def _round(runtime: Runtime, url: str, folder: Path, number: int) -> Round:
    """Who goes first changes from round to round."""
    found: dict[str, float] = {}
    whole: list[Run] = []

    def ours() -> None:
        found["engine"] = _timed(lambda: engine_alone(url, folder, runtime.crawling.handler.zygotes))
        whole.append(Run(runtime, _dataset(runtime), url))

    def plain() -> None:
        command = [sys.executable, "-m", "bench.plain_spider", url]
        found["plain"] = _timed(lambda: int(subprocess.check_output(command)))

    for work in (ours, plain) if number % 2 == 0 else (plain, ours):
        work()
    beside = _timed(lambda: wget(url, folder)) if shutil.which("wget") else None
    run = whole[0]
    pages, indexing = run.view.pages_crawled, run.indexed - run.parsed
    one = Round(found["engine"], pages / run.crawled, pages / run.parsed, pages / indexing, found["plain"], beside)
    print(f"Round {number + 1}, pages/s: {one.told()}", flush=True)
    return one


def _told_together(rounds: Sequence[Round]) -> None:
    middle = {name: median(getattr(one, name) or 0.0 for one in rounds) for name in Round.__slots__}
    print(f"Median, pages/s: {Round(**middle).told()}", flush=True)
    shares = ", ".join(f"{one.extracted / one.plain:.2f}" for one in rounds)
    print(f"Shares of plain Scrapy with trafilatura: {shares}", flush=True)


def _timed(work: Callable[[], int]) -> float:
    """Pages a second, the start of the process included."""
    began = time.perf_counter()
    pages = work()
    return pages / (time.perf_counter() - began)


def engine_alone(url: str, folder: Path, zygotes: ZygoteKeeper) -> int:
    """Fetches, reads links and lines, and spools bodies: all but rows and files."""
    spool = Path(tempfile.mkdtemp(dir=folder))
    bounds = Bounds(_MANY, 100, 1 << 40, 1 << 24, 3600, 1 << 30)
    manners = Manners("Cairn", _RATE, 16, 30, 2, str(folder / "hosts"))
    job = Job(Scope(url), bounds, manners, str(spool), "127.0.0.1")
    pages = 0
    with CrawlChild(job, zygotes) as child:
        while not child.ended:
            for message in child.read(1.0):
                pages += isinstance(message, Page)
                if isinstance(message, Done):
                    child.stop()
    return pages


def wget(url: str, folder: Path) -> int:
    target = Path(tempfile.mkdtemp(dir=folder))
    command = ["wget", "-r", "-l", "inf", "-q", "-P", str(target), url]
    subprocess.run(command, check=False)  # 8: some page was not there
    return sum(1 for path in target.rglob("*") if path.is_file())


def _recrawls(runtime: Runtime, site: Served) -> None:
    dataset = _dataset(runtime)
    first = Run(runtime, dataset, site.url)
    print(first.told("First crawl"))
    print(Run(runtime, dataset, site.url).told("Recrawl, nothing changed", beside=first))
    changed = site.paths[:: max(1, len(site.paths) // max(1, len(site.paths) // 100))]
    site.edit(changed)
    again = Run(runtime, dataset, site.url)
    print(again.told(f"Recrawl, a paragraph of each of {len(changed)} pages changed", beside=first), flush=True)


class Run:
    """One crawl to the moment when all of it can be found; its pages are extracted while it runs, and embedded after
    that, so that each can be told from the other. Times are seconds from its start."""

    def __init__(self, runtime: Runtime, dataset: str, url: str) -> None:
        self._runtime = runtime
        embedder = type(runtime.embedder)
        plainly, self.embedded = embedder.embed_passages, 0

        def counting(itself: object, passages: list[object]) -> object:
            self.embedded += len(passages)
            return plainly(itself, passages)  # type: ignore[arg-type]  # as it came

        embedder.embed_passages = counting  # type: ignore[assignment,method-assign]  # only to count
        before = self._parsed_files(dataset)
        began = time.perf_counter()
        try:
            crawl_id = self._start(dataset, url)
            self._crawl_and_extract(crawl_id, dataset, began)
            self.parsed = time.perf_counter() - began
            while any([runtime.worker.take_turn(queue) for queue in ("embed", "default")]):  # noqa: C419 - both
                pass
            self.indexed = time.perf_counter() - began
        finally:
            embedder.embed_passages = plainly  # type: ignore[method-assign]  # as it was
        self.extracted = self._parsed_files(dataset) - before
        with runtime.database.read() as session:
            self.view = runtime.crawling.crawls.get(session, operator(session), dataset, crawl_id)

    def told(self, name: str, *, beside: Run | None = None) -> str:
        work = f"{self.extracted} parsed, {self.embedded} passages embedded"
        times = f"crawled after {self.crawled:.1f} s, extracted {self.parsed:.1f} s, indexed {self.indexed:.1f} s"
        share = f", {self.indexed / beside.indexed:.3f} of the first crawl's time" if beside else ""
        return f"{name}: {self.view.pages_crawled} pages, {work}: {times}{share}"

    def _parsed_files(self, dataset: str) -> int:
        with self._runtime.database.read() as session:
            done = (JobRow.kind == PARSE) & (JobRow.dataset_id == dataset) & (JobRow.state == JobState.DONE)
            return session.scalar(select(func.count()).where(done)) or 0

    def _start(self, dataset: str, url: str) -> str:
        crawling, settings = self._runtime.crawling, SiteSettings(url, max_pages=100_000, max_depth=100)
        with self._runtime.database.write() as session:
            site = crawling.sites.save(session, operator(session), dataset, settings)
            return crawling.crawls.start(session, site).id

    def _crawl_and_extract(self, crawl_id: str, dataset: str, began: float) -> None:
        """By the worker's own threads."""
        self._runtime.worker.nudge()
        is_crawling = True
        there = (JobRow.dataset_id == dataset) & (JobRow.kind == PARSE) & JobRow.state.in_(UNFINISHED)
        waiting = select(func.count()).where(there)
        while True:
            time.sleep(_LOOK_SECONDS)
            now = time.perf_counter() - began
            with self._runtime.database.read() as session:
                if is_crawling:  # by one column: a whole view counts the pages, and would be measured with the work
                    is_crawling = session.scalar(select(Crawl.completed_at).where(Crawl.id == crawl_id)) is None
                    self.crawled = now
                elif not session.scalar(waiting):
                    return


def _dataset(runtime: Runtime) -> str:
    with runtime.database.write() as session:
        return runtime.datasets.create(session, operator(session), NewDataset(name=f"site {uuid4()}")).id


@contextmanager
def _running(home: Path) -> Iterator[Runtime]:
    """Its worker crawls and parses by itself; when passages are embedded, the measurement decides."""
    settings = Settings(
        _env_file=None, home=home, egress_allow="127.0.0.1", crawl_pages_per_second=_RATE, crawl_concurrency=16
    )
    runtime = build_runtime(settings)
    try:
        runtime.worker.start(queues={"crawl", "parse"})
        yield runtime
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
