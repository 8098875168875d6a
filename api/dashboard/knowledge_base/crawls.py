"""/dashboard/v1/knowledge-base/datasets/{datasetId}/crawl/{crawlJobId}: single crawls, and the history of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dashboard.knowledge_base.schemas.crawl import CrawlPage, CrawlRecord, CrawlStatus, CrawlUrlPage
from api.deps import CrawlJobId, DatasetId, PageDep, Reader, RuntimeDep, Writer
from api.envelope import errors
from crawler.crawls.types import UrlQuery
from crawler.reasons import Outcome
from crawler.running.limits import GRACE

router = APIRouter(prefix="/datasets/{datasetId}/crawl", tags=["Knowledge base: websites"])

_SITE = Query(alias="siteId", pattern=r"^[!-~]{1,64}$", description="Crawls of this website only")
_OUTCOME = Query(description="Addresses that ended so, may be repeated")
_CONTAINS = Query(max_length=500, description="A piece of the address")


@router.get(
    "/history", operation_id="dashboardKbCrawlHistory", summary="List the crawls of a dataset",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_crawls(
    dataset_id: DatasetId,
    page: PageDep,
    principal: Reader,
    runtime: RuntimeDep,
    site_id: Annotated[str | None, _SITE] = None,
) -> CrawlPage:
    """Newest first."""
    with runtime.database.read() as session:
        found = runtime.crawling.crawls.history(session, principal, dataset_id, page, site_id=site_id)
    return CrawlPage.of(found, limit=page.limit)


@router.get(
    "/{crawlJobId}", operation_id="dashboardKbCrawlRecord", summary="Get all that is known of a crawl",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_crawl(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Reader, runtime: RuntimeDep) -> CrawlRecord:
    with runtime.database.read() as session:
        return CrawlRecord.in_full(runtime.crawling.crawls.get(session, principal, dataset_id, crawl_id))


@router.get(
    "/{crawlJobId}/status", operation_id="dashboardKbCrawlStatus", summary="See how far a crawl is",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_status(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Reader, runtime: RuntimeDep) -> CrawlStatus:
    with runtime.database.read() as session:
        return CrawlStatus.of(runtime.crawling.crawls.get(session, principal, dataset_id, crawl_id))


@router.get(
    "/{crawlJobId}/urls", operation_id="dashboardKbCrawlUrls", summary="List a crawl's addresses with their reasons",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_urls(
    dataset_id: DatasetId,
    crawl_id: CrawlJobId,
    page: PageDep,
    principal: Reader,
    runtime: RuntimeDep,
    *,
    outcome: Annotated[list[Outcome] | None, _OUTCOME] = None,
    contains: Annotated[str | None, _CONTAINS] = None,
) -> CrawlUrlPage:
    """Each with why it was kept, skipped, unchanged, failed or gone; in the order in which they were found."""
    query = UrlQuery(tuple(outcome or ()), (contains or "").replace("\x00", "") or None)
    with runtime.database.read() as session:
        found = runtime.crawling.crawls.urls(session, principal, dataset_id, crawl_id, query=query, page=page)
    return CrawlUrlPage.of(found, limit=page.limit)


@router.post(
    "/{crawlJobId}/cancel", operation_id="dashboardKbCrawlCancel", summary="Cancel a crawl",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def cancel_crawl(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Writer, runtime: RuntimeDep) -> CrawlRecord:
    """It stops within moments; pages that it has brought stay."""
    with runtime.database.write() as session:
        return CrawlRecord.in_full(runtime.crawling.crawls.cancel(session, principal, dataset_id, crawl_id))


@router.post(
    "/{crawlJobId}/pause", operation_id="dashboardKbCrawlPause", summary="Pause a crawl",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def pause_crawl(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Writer, runtime: RuntimeDep) -> CrawlRecord:
    with runtime.database.write() as session:
        return CrawlRecord.in_full(runtime.crawling.crawls.pause(session, principal, dataset_id, crawl_id))


@router.post(
    "/{crawlJobId}/resume", operation_id="dashboardKbCrawlResume", summary="Let a paused crawl go on",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def resume_crawl(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Writer, runtime: RuntimeDep) -> CrawlRecord:
    """From where it was, not from the start."""
    with runtime.database.write() as session:
        view = runtime.crawling.crawls.resume(session, principal, dataset_id, crawl_id)
    runtime.worker.nudge()
    return CrawlRecord.in_full(view)


@router.post(
    "/{crawlJobId}/approve", operation_id="dashboardKbCrawlApprove", summary="Let a held crawl remove pages",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def approve_removal(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Writer, runtime: RuntimeDep) -> CrawlRecord:
    """A crawl that would remove a large share of a site waits for this: perhaps the site is only broken."""
    return _decided(dataset_id, crawl_id, principal, runtime, remove=True)


@router.post(
    "/{crawlJobId}/reject", operation_id="dashboardKbCrawlReject", summary="Keep the pages a held crawl would remove",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def reject_removal(dataset_id: DatasetId, crawl_id: CrawlJobId, principal: Writer, runtime: RuntimeDep) -> CrawlRecord:
    """They stay, and the next crawls look for them anew."""
    return _decided(dataset_id, crawl_id, principal, runtime, remove=False)


def _decided(dataset_id: str, crawl_id: str, principal: Writer, runtime: RuntimeDep, *, remove: bool) -> CrawlRecord:
    with runtime.database.write() as session:
        crawls = runtime.crawling.crawls
        view = crawls.decide(session, principal, dataset_id, crawl_id, remove=remove, grace=GRACE)
    runtime.worker.nudge()
    return CrawlRecord.in_full(view)
