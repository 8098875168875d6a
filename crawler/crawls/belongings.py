"""What goes with a dataset that is removed: its sites, with all that crawls have left."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.crawls.repository import delete_site_rows
from crawler.sites.logins import Logins
from crawler.sites.models import CrawlSite
from crawler.sites.service import SCHEDULED
from kit.schedules.scheduler import Schedules


@dataclass(frozen=True, slots=True)
class SitesOfDataset:
    """Implements the Belongings of a dataset's removal."""

    schedules: Schedules
    logins: Logins

    def remove(self, session: Session, dataset_id: str) -> None:
        for site in session.scalars(select(CrawlSite).where(CrawlSite.dataset_id == dataset_id)).all():
            self.schedules.remove(session, SCHEDULED, site.id)
            self.logins.forget(session, site)
            delete_site_rows(session, site.id)
            session.delete(site)
