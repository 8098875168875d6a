"""What goes with a dataset that is removed: its sites, with all that crawls have left."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.crawls.repository import delete_site_rows
from crawler.sites.models import CrawlSite


class SitesOfDataset:
    """Implements the Belongings of a dataset's removal."""

    def remove(self, session: Session, dataset_id: str) -> None:
        for site in session.scalars(select(CrawlSite).where(CrawlSite.dataset_id == dataset_id)).all():
            delete_site_rows(session, site.id)
            session.delete(site)
