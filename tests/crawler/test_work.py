"""The job of a crawl in the hands of whoever looks after jobs."""

from __future__ import annotations

import pytest

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.crawls.models import Crawl
from crawler.crawls.types import Asked
from ingest.work.errors import JobCannotBeRetried
from kit.jobs.models import Job
from tests.crawler.conftest import Field


def job_of(field_: Field, crawl_id: str) -> str:
    with field_.runtime.database.read() as session:
        return session.query(Job).filter_by(subject=crawl_id).one().id


class TestTheJobOfACrawl:
    def test_that_is_called_off_ends_the_crawl_that_waits(self, field_: Field, server: PageServer) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        with field_.runtime.database.write() as session:
            view = field_.runtime.work.cancel(session, field_.principal, job_of(field_, crawl_id))
        assert (view.state, field_.view(crawl_id).state) == ("cancelled", "cancelled")
        assert not field_.turn("crawl")
        assert server.asked.total() == 0

    def test_that_is_called_off_while_it_runs_has_the_crawl_stop_and_close_its_report(
        self, field_: Field, server: PageServer
    ) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        with field_.runtime.database.write() as session:
            session.get_one(Crawl, crawl_id).state = "running"
            field_.runtime.work.cancel(session, field_.principal, job_of(field_, crawl_id))
            assert session.get_one(Crawl, crawl_id).asked == Asked.CANCEL
        assert field_.turn("crawl")
        crawl = field_.view(crawl_id)
        assert crawl.state == "cancelled"
        assert all(outcome != "waiting" for outcome, _ in field_.report(crawl_id).values())

    def test_that_has_died_goes_on_from_the_frontier_when_it_is_tried_again(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        job_id = job_of(field_, crawl_id)
        with field_.runtime.database.write() as session:
            session.get_one(Job, job_id).state = "dead"
            crawl = session.get_one(Crawl, crawl_id)
            crawl.state, crawl.error = "failed", "the crawl failed again and again"
        with field_.runtime.database.write() as session:
            assert field_.runtime.work.retry(session, field_.principal, job_id).id == job_id
        assert field_.turn("crawl")
        assert (field_.view(crawl_id).state, field_.view(crawl_id).error) == ("completed", None)

    def test_of_a_crawl_that_was_called_off_is_not_tried_again(self, field_: Field, server: PageServer) -> None:
        crawl_id = field_.start(f"{server.origin}/")
        job_id = job_of(field_, crawl_id)
        with field_.runtime.database.write() as session:
            field_.runtime.work.cancel(session, field_.principal, job_id)
        with field_.runtime.database.write() as session, pytest.raises(JobCannotBeRetried, match="start a new crawl"):
            field_.runtime.work.retry(session, field_.principal, job_id)
