"""A crawl that is held is an approval: deciding in either place decides in both."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.models import Crawl
from crawler.crawls.service import Crawls
from crawler.crawls.types import CrawlState
from crawler.running.acting import crawler_of
from crawler.running.limits import GRACE
from identity.types import Principal
from kit.errors import NotFound
from orchestration.approvals import repository as approval_rows
from orchestration.approvals.closing import Closer
from orchestration.approvals.service import Approvals
from orchestration.approvals.types import ApprovalType, Request, RiskLevel, Subject
from orchestration.tasks.types import Actor, ActorKind

CRAWL = "crawl"
CRAWLER = Actor(ActorKind.AGENT, "crawler", "Website crawler")


@dataclass(frozen=True, slots=True)
class CrawlHolds:
    """Implements the Holds of crawls."""

    approvals: Approvals
    closer: Closer

    def began(self, session: Session, crawl: Crawl) -> None:
        address = str(crawl.settings["start_url"])
        request = Request(
            tenant_id=crawl.tenant_id,
            title=f"Remove {crawl.removals} pages of {address}",
            type=ApprovalType.CONTENT_REVIEW,
            risk=RiskLevel.HIGH,
            description=(
                f"The crawl did not find {crawl.removals} pages any more that earlier ones found. Approve to remove "
                "them from the dataset; reject to keep them, and the next crawls look for them anew. Perhaps the site "
                "is only broken."
            ),
            subject=Subject(CRAWL, crawl.id),
            dataset_id=crawl.dataset_id,
            details={
                "datasetId": crawl.dataset_id,
                "siteId": crawl.site_id,
                "crawlJobId": crawl.id,
                "startUrl": address,
                "removals": crawl.removals,
            },
        )
        self.approvals.request(session, request, CRAWLER)

    def ended(self, session: Session, principal: Principal, crawl: Crawl, *, removes: bool) -> None:
        self.closer.settled(session, Subject(CRAWL, crawl.id), principal, approved=removes)

    def dropped(self, session: Session, crawl_ids: Sequence[str]) -> None:
        for crawl_id in crawl_ids:
            self.closer.withdraw_subject(session, Subject(CRAWL, crawl_id))


@dataclass(frozen=True, slots=True)
class HeldCrawls:
    """Implements the SubjectActs of crawls."""

    crawls: Crawls

    kind = CRAWL

    def hold(self, session: Session, subject_id: str) -> bool:
        crawl = repository.held(session, subject_id)
        return crawl is not None and crawl.state == CrawlState.HELD

    def decide(self, session: Session, principal: Principal | None, subject_id: str, *, approved: bool) -> None:
        crawl = repository.held(session, subject_id)
        if crawl is None:
            return
        if principal is not None:
            self._decide(session, principal, crawl, removes=approved)
            return
        with suppress(NotFound):  # its dataset is being removed, and the crawl with it
            self._decide(session, crawler_of(crawl.tenant_id), crawl, removes=False)

    def _decide(self, session: Session, principal: Principal, crawl: Crawl, *, removes: bool) -> None:
        self.crawls.decide(session, principal, crawl.dataset_id, crawl.id, remove=removes, grace=GRACE)


@dataclass(frozen=True, slots=True)
class ApprovalsOfDataset:
    """Implements the Belongings of a dataset's removal: nothing is left to decide about it."""

    closer: Closer

    def remove(self, session: Session, dataset_id: str) -> None:
        self.closer.withdraw(session, approval_rows.pending_about_dataset(session, dataset_id))
