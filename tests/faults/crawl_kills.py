"""Kill -9 at random moments of a crawl: `python -m tests.faults.crawl_kills [--kills 50] [--pages 800] [--seed 1]`.

A made-up site is crawled and indexed by a cluster of processes, of which one is killed over and over: that of the
crawl, a worker, the server. In the end each address must have ended as the site's truth says and each page be a file
once, with rows, vectors and stored files in agreement. Exits with 1 and a sentence for each violation if not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

import psutil

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.types import UNFINISHED, CrawlState
from crawler.reasons import Outcome
from ingest.files.models import File
from ingest.files.types import FileStatus
from kit.db.database import Database
from tests.crawler.processes import crawls_below
from tests.crawler.test_truth import wrong
from tests.faults.cluster import Cluster, cluster
from tests.faults.outages import disagreements

BETWEEN_SECONDS = (0.2, 4.0)
PROCESS_SECONDS = 20.0
"""How long a kill of the crawl waits for one to be there: its worker may have been killed a moment ago."""
CRAWLING_SECONDS = 1800.0
SETTLING_SECONDS = 1800.0
LEAVING_SECONDS = 30.0
SHOWN = 25


class Victims(StrEnum):
    CRAWL = "the crawl"
    WORKER = "a worker"
    SERVER = "the server"


@dataclass(frozen=True, slots=True)
class Report:
    pages: int
    addresses: int
    kept: int
    kills: Mapping[str, int]
    kills_during_the_crawl: int
    crawl_seconds: float
    seconds: float
    violations: Sequence[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pages", type=int, default=800)
    parser.add_argument("--rate", type=float, default=10.0, help="pages a second at most, so that the crawl lasts")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    report = run(kills=arguments.kills, pages=arguments.pages, rate=arguments.rate, seed=arguments.seed)
    sys.stdout.write("\n".join(lines(report)) + "\n")
    return 1 if report.violations else 0


def run(*, kills: int, pages: int, rate: float, seed: int) -> Report:
    chosen = random.Random(seed)  # noqa: S311 - moments, no secrets
    site = MadeUpSite(pages, seed=seed)
    variables = {
        "CAIRN_EGRESS_ALLOW": "127.0.0.1/32",
        "CAIRN_CRAWL_PAGES_PER_SECOND": str(rate),
        "CAIRN_CRAWL_MAX_PAGE": "8000000",
    }
    with PageServer(site.answer) as server, cluster(workers=2, more=variables) as parts:
        site.sitemaps(server.origin)
        began = time.monotonic()
        with parts.knowledge_base() as base:
            dataset_id = base.create_dataset("killed")
            wanted = {"startUrl": f"{server.origin}/", "maxPages": 10 * pages, "maxDepth": 100}
            base.http.post(f"/datasets/{dataset_id}/crawl", json=wanted).raise_for_status()
        database = Database(parts.database.url)
        try:
            campaign = Campaign(parts, database, chosen)
            campaign.run(kills)
            crawl_seconds = _crawled(database, began)
            with parts.knowledge_base() as base:
                base.wait_until_settled(dataset_id, seconds=SETTLING_SECONDS)
            report = _addresses(database, server.origin)
            violations = [*_violations(database, dataset_id, server.origin, site), *disagreements(parts)]
        finally:
            database.close()
        ended = time.monotonic()
    violations += _left(parts)
    kept = sum(outcome == Outcome.KEPT for outcome, _ in report.values())
    during = campaign.during
    return Report(pages, len(report), kept, campaign.tally, during, crawl_seconds, ended - began, violations)


@dataclass(slots=True)
class Campaign:
    parts: Cluster
    database: Database
    chosen: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    during: int = 0

    def run(self, kills: int) -> None:
        for _ in range(kills):
            time.sleep(self.chosen.uniform(*BETWEEN_SECONDS))
            is_running = _state(self.database) in UNFINISHED
            victim = self.chosen.choice(list(Victims) if is_running else [Victims.WORKER, Victims.SERVER])
            if victim is Victims.CRAWL and not self._kill_crawl():
                victim = Victims.WORKER
            if victim is Victims.WORKER:
                self.parts.kill_a_worker(self.chosen)
            elif victim is Victims.SERVER:
                self._kill_server()
            self.tally[victim.value] += 1
            self.during += is_running

    def _kill_crawl(self) -> bool:
        """At any moment of its life, its start among them."""
        ends = time.monotonic() + PROCESS_SECONDS
        while not (found := _processes(self.parts)):
            if time.monotonic() > ends or _state(self.database) not in UNFINISHED:
                return False
            time.sleep(0.05)
        time.sleep(self.chosen.uniform(0.0, 3.0))
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        return True

    def _kill_server(self) -> None:
        server = self.parts.apis[0]
        server.kill(group=True)
        server.start()
        server.wait_until_ready()


def _processes(parts: Cluster) -> list[psutil.Process]:
    """Of crawls, below the workers."""
    found = []
    for _, worker in parts.workers:
        with suppress(psutil.NoSuchProcess):
            found += crawls_below(psutil.Process(worker.pid))
    return found


def _state(database: Database) -> CrawlState:
    with database.read() as session:
        return CrawlState(session.query(Crawl).one().state)


def _crawled(database: Database, began: float) -> float:
    ends = time.monotonic() + CRAWLING_SECONDS
    while _state(database) in UNFINISHED:
        if time.monotonic() > ends:
            raise TimeoutError(f"the crawl is still {_state(database)} after {CRAWLING_SECONDS:g} s")
        time.sleep(0.25)
    return time.monotonic() - began


def _addresses(database: Database, origin: str) -> dict[str, tuple[str, str | None]]:
    with database.read() as session:
        rows = session.query(CrawlUrl).all()
        return {row.url.removeprefix(origin): (row.outcome, row.reason) for row in rows}


def _violations(database: Database, dataset_id: str, origin: str, site: MadeUpSite) -> Iterator[str]:
    with database.read() as session:
        crawl = session.query(Crawl).one()
        if (crawl.state, crawl.error) != (CrawlState.COMPLETED, None):
            yield f"the crawl is {crawl.state}: {crawl.error}"
        files = session.query(File).filter(File.dataset_id == dataset_id, File.deleted_at.is_(None)).all()
        names = Counter(str(file.url).removeprefix(origin) for file in files)
        unready = [f"{file.url} is {file.status}" for file in files if file.status != FileStatus.INDEXED]
    report = _addresses(database, origin)
    yield from (one for one in wrong(report, site) if "below" not in one)
    yield from unready
    yield from (f"{path} is a file {times} times" for path, times in names.items() if times > 1)
    kept = {path for path, (outcome, _) in report.items() if outcome == Outcome.KEPT}
    yield from (f"{path} was kept and is no file" for path in sorted(kept - set(names)))
    yield from (f"{path} is a file and was not kept" for path in sorted(set(names) - kept))


def _left(parts: Cluster) -> list[str]:
    """Processes that outlive everything. The vectors' engine stays for a moment after its last client, on purpose."""
    ends = time.monotonic() + LEAVING_SECONDS
    while (found := _running_in(str(parts.home.parent))) and time.monotonic() < ends:
        time.sleep(0.25)
    return found


def _running_in(folder: str) -> list[str]:
    """All of a cluster's processes run beside its home."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.cwd() == folder:
                found.append(f"process {process.pid} outlives its cluster: {' '.join(process.cmdline())[:120]}")
    return found


def lines(report: Report) -> Sequence[str]:
    more = len(report.violations) > SHOWN
    return [
        f"{report.pages} pages and what is beside them: {report.addresses} addresses, {report.kept} kept",
        f"crawled in {report.crawl_seconds:.1f} s, all done after {report.seconds:.1f} s",
        *(f"{count:6}  kills of {what}" for what, count in sorted(report.kills.items())),
        f"{report.kills_during_the_crawl:6}  of them while the crawl ran",
        *(f"VIOLATION: {violation}" for violation in report.violations[:SHOWN]),
        f"{len(report.violations)} violations" + (f", the first {SHOWN} of them above" if more else ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
