"""Crawls that come by schedule."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crawler.crawls.errors import CrawlIsUnderWay
from crawler.crawls.service import Crawls
from crawler.crawls.types import Trigger
from crawler.sites.errors import SiteIsNotThere
from crawler.sites.models import CrawlSite
from crawler.sites.service import SCHEDULED
from ingest.files.ports import DatasetGate
from kit.schedules.errors import ScheduleIsBusy
from kit.schedules.types import Due


@dataclass(frozen=True, slots=True)
class ScheduledCrawl:
    """Implements the ScheduleKind of crawls. Its subject is a site."""

    crawls: Crawls
    gate: DatasetGate

    kind = SCHEDULED

    def start(self, session: Session, due: Due) -> str:
        site = session.get(CrawlSite, due.subject)
        if site is None or self.gate.living(session, site.dataset_id) is None:
            raise SiteIsNotThere(due.subject)
        try:
            return self.crawls.start(session, site, trigger=Trigger.SCHEDULE).id
        except CrawlIsUnderWay as error:
            raise ScheduleIsBusy(error.message) from error
