"""What happens to a crawl when a person takes a hand in its job, rather than in the crawl itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.models import Crawl
from crawler.crawls.service import Crawls
from crawler.crawls.types import UNFINISHED, CrawlState
from ingest.work.errors import JobCannotBeRetried
from kit.jobs.models import Job


@dataclass(frozen=True, slots=True)
class CrawlWork:
    """Implements the KindRules of `crawl.run`."""

    crawls: Crawls

    def retry(self, session: Session, job: Job) -> str:
        """From where it was: a crawl that failed again and again keeps its frontier."""
        crawl = session.get(Crawl, job.subject)
        if crawl is None:
            raise JobCannotBeRetried(f"the website of job {job.id} is deleted; drop the job")
        other = repository.unfinished(session, crawl.site_id)
        if crawl.state != CrawlState.FAILED or other is not None:
            why = f"crawl {other.id} of the website is {other.state}" if other else f"crawl {crawl.id} is {crawl.state}"
            raise JobCannotBeRetried(f"{why}; start a new crawl of the website instead")
        return self.crawls.revive(session, crawl, job)

    def cancel(self, session: Session, job: Job) -> None:
        """A crawl that runs closes its report within moments; its job ends with it."""
        crawl = session.get(Crawl, job.subject)
        if crawl is not None and crawl.state in UNFINISHED:
            self.crawls.call_off(session, crawl)
        if crawl is None or crawl.state not in UNFINISHED:
            self.crawls.queue.cancel(session, subject=job.subject, kinds=(job.kind,))
