"""What those who watch are told of crawls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crawler.crawls.models import Crawl
from crawler.crawls.types import SHOWN, CrawlState
from kit.events.outbox import publish
from kit.events.types import NewEvent

CRAWL_UPDATED = "crawl_updated"


def tell_crawl(session: Session, crawl: Crawl, *, at: datetime) -> None:
    """The crawl's state as it is in this transaction."""
    event = NewEvent(
        type=CRAWL_UPDATED,
        tenant_id=crawl.tenant_id,
        dataset_id=crawl.dataset_id,
        data={
            "datasetId": crawl.dataset_id,
            "crawlJobId": crawl.id,
            "siteId": crawl.site_id,
            "startUrl": str(crawl.settings["start_url"]),
            "status": SHOWN[CrawlState(crawl.state)].value,
            "state": CrawlState(crawl.state).value,
            "pagesCrawled": crawl.pages_come,
            "pagesFailed": crawl.pages_failed,
            "maxPages": int(str(crawl.settings["max_pages"])),
            "errorMessage": crawl.error,
        },
    )
    publish(session, event, at=at)
