"""Pages a second of a crawl, of extraction and indexing after it, and of recrawls; beside plain Scrapy and wget.

`python -m bench.crawl --pages 500`. All of it is one run on one machine against a server on it, without politeness.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy import func, select

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.types import CrawlState, CrawlView
from crawler.engine.messages import Bounds, Done, Job, Manners, Message, Page, Scope
from crawler.sites.types import SiteSettings
from identity.bootstrap import operator
from ingest.datasets.types import NewDataset
from ingest.files.models import File
from ingest.files.types import FileStatus
from kit.logging import configure_logging
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime

T = TypeVar("T")
_MANY = 1_000_000
_RATE = 100_000.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    configure_logging("warning", "console")
    site = MadeUpSite(arguments.pages, is_plain=True)
    with PageServer(site.answer) as server, tempfile.TemporaryDirectory() as folder:
        url = f"{server.origin}/"
        for number in range(arguments.rounds):
            print(f"Round {number + 1}, pages/s: {_side_by_side(url, Path(folder))}", flush=True)
        _whole(url, site, Path(folder))


def _side_by_side(url: str, folder: Path) -> str:
    ours = _timed(lambda: engine_alone(url, folder))
    plain = _timed(lambda: int(subprocess.check_output([sys.executable, "-m", "bench.plain_spider", url])))
    figures = [f"crawl process {ours:.0f}", f"plain Scrapy with trafilatura {plain:.0f}", f"share {ours / plain:.2f}"]
    if shutil.which("wget"):
        figures.append(f"wget -r {_timed(lambda: wget(url, folder)):.0f}")
    return ", ".join(figures)


def _timed(work: Callable[[], int]) -> float:
    """Pages a second, the start of the process included."""
    began = time.perf_counter()
    pages = work()
    return pages / (time.perf_counter() - began)


def engine_alone(url: str, folder: Path) -> int:
    """Fetches, reads links and lines, and spools bodies: all but rows and files."""
    spool = Path(tempfile.mkdtemp(dir=folder))
    bounds = Bounds(_MANY, 100, 1 << 40, 1 << 24, 3600, 1 << 30)
    manners = Manners("Cairn", _RATE, 16, 30, 2, str(folder / "hosts"))
    job = Job(Scope(url), bounds, manners, str(spool), "127.0.0.1")
    command = [sys.executable, "-m", "crawler.engine.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()
        decoder = msgspec.json.Decoder(Message)
        pages = 0
        for line in process.stdout:
            message = decoder.decode(line)
            pages += isinstance(message, Page)
            if isinstance(message, Done):
                process.stdin.close()
    return pages


def wget(url: str, folder: Path) -> int:
    target = Path(tempfile.mkdtemp(dir=folder))
    command = ["wget", "-r", "-l", "inf", "-q", "-P", str(target), url]
    subprocess.run(command, check=False)  # 8: some page was not there
    return sum(1 for path in target.rglob("*") if path.is_file())


def _whole(url: str, site: MadeUpSite, folder: Path) -> None:
    with _running(folder / "home") as (runtime, dataset):
        first = _Run(runtime, dataset, url)
        print(first.told("First crawl"))
        print(_Run(runtime, dataset, url).told("Recrawl, nothing changed", beside=first))
        changed = site.normal[:: max(1, len(site.normal) // max(1, len(site.normal) // 100))]
        site.edited.update(changed)
        print(_Run(runtime, dataset, url).told(f"Recrawl, {len(changed)} pages changed", beside=first))


class _Run:
    """One crawl to the moment when all of it can be found."""

    def __init__(self, runtime: Runtime, dataset: str, url: str) -> None:
        self._runtime, self._dataset = runtime, dataset
        embedder = type(runtime.embedder)
        plainly, self.embedded = embedder.embed_passages, 0

        def counting(itself: object, passages: list[object]) -> object:
            self.embedded += len(passages)
            return plainly(itself, passages)  # type: ignore[arg-type]  # as it came

        embedder.embed_passages = counting  # type: ignore[assignment,method-assign]  # only to count
        began = time.perf_counter()
        try:
            crawl_id = self._start(url)
            self.view = self._until(lambda: self._view(crawl_id), lambda view: view.state is CrawlState.COMPLETED)
            self.crawled = time.perf_counter() - began
            waiting = (FileStatus.PENDING, FileStatus.PARSING)
            self._until(lambda: self._files(waiting), lambda left: left == 0)
            self.parsed = time.perf_counter() - began
            self._until(lambda: self._files((*waiting, FileStatus.EMBEDDING)), lambda left: left == 0)
            self.indexed = time.perf_counter() - began
        finally:
            embedder.embed_passages = plainly  # type: ignore[method-assign]  # as it was

    def told(self, name: str, *, beside: _Run | None = None) -> str:
        pages = self.view.pages_crawled
        rates = [f"crawled {self.crawled:.1f} s ({pages / self.crawled:.0f} pages/s)"]
        rates += [f"extracted {self.parsed:.1f} s ({pages / self.parsed:.0f}/s)"]
        rates += [f"indexed {self.indexed:.1f} s ({pages / self.indexed:.0f}/s)", f"{self.embedded} passages embedded"]
        share = f", {self.indexed / beside.indexed:.3f} of the first crawl's time" if beside else ""
        return f"{name}: {pages} pages: {', '.join(rates)}{share}"

    def _start(self, url: str) -> str:
        crawling, settings = self._runtime.crawling, SiteSettings(url, max_pages=100_000, max_depth=100)
        with self._runtime.database.write() as session:
            site = crawling.sites.save(session, operator(session), self._dataset, settings)
            crawl_id = crawling.crawls.start(session, site).id
        self._runtime.worker.nudge()
        return crawl_id

    def _view(self, crawl_id: str) -> CrawlView:
        with self._runtime.database.read() as session:
            return self._runtime.crawling.crawls.get(session, operator(session), self._dataset, crawl_id)

    def _files(self, states: tuple[FileStatus, ...]) -> int:
        with self._runtime.database.read() as session:
            wanted = select(func.count()).where(File.dataset_id == self._dataset, File.status.in_(states))
            return session.scalar(wanted) or 0

    @staticmethod
    def _until(look: Callable[[], T], is_done: Callable[[T], bool]) -> T:
        while not is_done(seen := look()):
            time.sleep(0.05)
        return seen


@contextmanager
def _running(home: Path) -> Iterator[tuple[Runtime, str]]:
    settings = Settings(
        _env_file=None, home=home, egress_allow="127.0.0.1", crawl_pages_per_second=_RATE, crawl_concurrency=16
    )
    runtime = build_runtime(settings)
    try:
        runtime.start()
        with runtime.database.write() as session:
            dataset = runtime.datasets.create(session, operator(session), NewDataset(name="site")).id
        yield runtime, dataset
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
