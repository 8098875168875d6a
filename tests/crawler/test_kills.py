"""A crawl whose process is killed goes on from its rows; one that a person stops stops."""

from __future__ import annotations

import random
import signal
from collections import Counter
from threading import Event, Thread
from typing import Self

import psutil
import pytest

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.jobs import run_job
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.types import Asked
from crawler.reasons import Outcome, Reason
from kit.jobs.models import Job
from tests.crawler.conftest import Field
from tests.crawler.processes import crawls_below
from tests.crawler.test_truth import wrong

ATTEMPTS = run_job(tenant_id="t", dataset_id="d", crawl_id="c").max_attempts
"""That a job gets which does not get any further."""


@pytest.fixture
def site() -> MadeUpSite:
    return MadeUpSite(120)


def processes() -> list[psutil.Process]:
    """The crawls that this process runs."""
    return crawls_below(psutil.Process())


class Killer:
    """Kills the process of a crawl at random moments, a number of times, each time after it has got further."""

    def __init__(self, field_: Field, crawl_id: str, *, kills: int, seed: int) -> None:
        self._field, self._crawl_id = field_, crawl_id
        self._left, self._chosen = kills, random.Random(seed)  # noqa: S311 - moments, no secret
        self._done = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.killed = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        before = 0
        while self.killed < self._left and not self._done.wait(self._chosen.uniform(0.0, 0.3)):
            steps = self._steps()
            for process in processes() if steps > before else ():
                process.send_signal(signal.SIGKILL)
                self.killed, before = self.killed + 1, steps

    def _steps(self) -> int:
        with self._field.runtime.database.read() as session:
            rows = session.query(CrawlUrl).filter_by(crawl_id=self._crawl_id)
            return rows.count() + rows.filter(CrawlUrl.outcome != Outcome.WAITING).count()


def again(field_: Field, crawl_id: str) -> None:
    """Turns until the crawl has ended, without waiting for the pauses between tries."""
    while field_.view(crawl_id).state in {"queued", "running"}:
        with field_.runtime.database.write() as session:
            for job in session.query(Job).filter_by(subject=crawl_id, state="queued"):
                job.run_after = job.created_at
        field_.turn("crawl")


class TestACrawlThatIsKilled:
    def test_loses_no_page_and_doubles_none(self, field_: Field, site: MadeUpSite, server: PageServer) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        with Killer(field_, crawl_id, kills=3, seed=1) as killer:
            again(field_, crawl_id)
        assert killer.killed > 0
        crawl = field_.view(crawl_id)
        assert (crawl.state, crawl.error) == ("completed", None)
        report = field_.report(crawl_id)
        assert [one for one in wrong(report, site) if "below" not in one] == []
        names = Counter(file.url for file in field_.files())
        assert set(names.values()) == {1}
        assert set(names) == {
            f"{server.origin}{path}" for path, (outcome, _) in report.items() if outcome == Outcome.KEPT
        }


class TestACrawlThatIsKilledFiftyTimes:
    @pytest.mark.slow
    @pytest.mark.timeout(1800)
    def test_loses_no_page_and_doubles_none(self, field_: Field) -> None:
        site = MadeUpSite(1500)
        with PageServer(site.answer) as server:
            site.sitemaps(server.origin)
            crawl_id = field_.start(f"{server.origin}/", max_pages=5000)
            with Killer(field_, crawl_id, kills=50, seed=2) as killer:
                again(field_, crawl_id)
            report = field_.report(crawl_id)
        assert killer.killed == 50 > ATTEMPTS
        assert [one for one in wrong(report, site) if "below" not in one] == []
        kept = [path for path, (outcome, _) in report.items() if outcome == Outcome.KEPT]
        assert len({file.url for file in field_.files()}) == len(field_.files()) == len(kept)


class TestACrawlThatAPersonStops:
    @pytest.mark.parametrize(("asked", "state"), [(Asked.PAUSE, "paused"), (Asked.CANCEL, "cancelled")])
    def test_stops_within_moments_and_a_paused_one_goes_on(
        self, field_: Field, site: MadeUpSite, server: PageServer, asked: Asked, state: str
    ) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        with field_.runtime.database.write() as session:
            session.get_one(Crawl, crawl_id).asked = asked
        field_.turn("crawl")
        stopped = field_.view(crawl_id)
        assert stopped.state == state
        ends = field_.report(crawl_id).values()
        assert any(outcome == Outcome.WAITING or reason == Reason.NOT_REACHED for outcome, reason in ends)
        if asked is Asked.PAUSE:
            with field_.runtime.database.write() as session:
                field_.runtime.crawling.crawls.resume(session, field_.principal, field_.dataset, crawl_id)
            field_.turn("crawl")
            assert [one for one in wrong(field_.report(crawl_id), site) if "below" not in one] == []
