"""/dashboard/v1/knowledge-base/datasets/{datasetId}/crawl: how a dataset's website is crawled, and starting that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dashboard.knowledge_base.schemas.crawl import (
    CrawlConfig,
    CrawlConfiguration,
    CrawlLogin,
    CrawlRequest,
    CrawlStarted,
    SiteDeleted,
    SiteList,
)
from api.deps import DatasetId, Reader, RuntimeDep, SiteId, Writer
from api.envelope import errors

router = APIRouter(prefix="/datasets/{datasetId}/crawl", tags=["Knowledge base: websites"])


@router.get(
    "", operation_id="dashboardKbCrawlGet", summary="Get how a dataset's website is crawled",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_config(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> CrawlConfig:
    """Of several websites the one that was changed or started last; `…/crawl/sites` lists them all."""
    with runtime.database.read() as session:
        site = runtime.crawling.sites.latest(session, principal, dataset_id)
        last = None if site is None else runtime.crawling.crawls.last(session, site.id)
    return CrawlConfig.of(dataset_id, site, last)


@router.put(
    "", operation_id="dashboardKbCrawlSave", summary="Save how a website is crawled",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def save_config(dataset_id: DatasetId, body: CrawlConfiguration, principal: Writer, runtime: RuntimeDep) -> CrawlConfig:
    """Starts nothing. Another start address is another website of the dataset."""
    with runtime.database.write() as session:
        site = runtime.crawling.sites.save(session, principal, dataset_id, body.to_settings(), body.to_schedule())
        view = runtime.crawling.sites.view(session, site)
        last = runtime.crawling.crawls.last(session, site.id)
    return CrawlConfig.of(dataset_id, view, last)


@router.post(
    "", operation_id="dashboardKbCrawlStart", status_code=202, summary="Crawl a website",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def start_crawl(dataset_id: DatasetId, body: CrawlRequest, principal: Writer, runtime: RuntimeDep) -> CrawlStarted:
    """Its pages become files of the dataset. Answers at once and works in the background."""
    sites, crawls = runtime.crawling.sites, runtime.crawling.crawls
    with runtime.database.write() as session:
        site = sites.touch(
            session,
            principal,
            dataset_id,
            body.start_url,
            max_pages=body.max_pages,
            max_depth=body.max_depth,
            path_prefix=body.url_path_filter,
            render=body.render,
        )
        crawl = crawls.start(session, site, at=body.schedule_for)
    runtime.worker.nudge()
    return CrawlStarted(crawl_job_id=crawl.id)


@router.get(
    "/sites", operation_id="dashboardKbCrawlSitesList", summary="List a dataset's websites",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_sites(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> SiteList:
    """Oldest first."""
    with runtime.database.read() as session:
        views = runtime.crawling.sites.views(session, principal, dataset_id)
        last = {view.id: runtime.crawling.crawls.last(session, view.id) for view in views}
    return SiteList(data=[CrawlConfig.of(dataset_id, view, last[view.id]) for view in views])


@router.get(
    "/sites/{siteId}", operation_id="dashboardKbCrawlSitesGet", summary="Get one website",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_site(dataset_id: DatasetId, site_id: SiteId, principal: Reader, runtime: RuntimeDep) -> CrawlConfig:
    with runtime.database.read() as session:
        site = runtime.crawling.sites.get(session, principal, dataset_id, site_id)
        view = runtime.crawling.sites.view(session, site)
        last = runtime.crawling.crawls.last(session, site_id)
    return CrawlConfig.of(dataset_id, view, last)


@router.put(
    "/sites/{siteId}/login", operation_id="dashboardKbCrawlSitesLoginSet", summary="Set what crawls sign in with",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def set_login(
    dataset_id: DatasetId, site_id: SiteId, body: CrawlLogin, principal: Writer, runtime: RuntimeDep
) -> CrawlConfig:
    """In place of the login before. It is kept sealed and can be replaced or cleared, but not read."""
    crawling = runtime.crawling
    with runtime.database.write() as session:
        site = crawling.sites.get(session, principal, dataset_id, site_id)
        crawling.logins.put(session, site, body.to_login())
        view, last = crawling.sites.view(session, site), crawling.crawls.last(session, site_id)
    return CrawlConfig.of(dataset_id, view, last)


@router.delete(
    "/sites/{siteId}/login", operation_id="dashboardKbCrawlSitesLoginClear", summary="Forget what crawls sign in with",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def clear_login(dataset_id: DatasetId, site_id: SiteId, principal: Writer, runtime: RuntimeDep) -> CrawlConfig:
    """Also where there is none."""
    crawling = runtime.crawling
    with runtime.database.write() as session:
        site = crawling.sites.get(session, principal, dataset_id, site_id)
        crawling.logins.clear(session, site)
        view, last = crawling.sites.view(session, site), crawling.crawls.last(session, site_id)
    return CrawlConfig.of(dataset_id, view, last)


@router.delete(
    "/sites/{siteId}", operation_id="dashboardKbCrawlSitesDelete", summary="Delete a website",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def delete_site(
    dataset_id: DatasetId,
    site_id: SiteId,
    principal: Writer,
    runtime: RuntimeDep,
    keep_files: Annotated[bool, Query(alias="keepFiles", description="Leave its pages in the dataset")] = False,
) -> SiteDeleted:
    """With its history, and with its pages unless they are to be kept. A crawl of it that runs is given up."""
    with runtime.database.write() as session:
        site = runtime.crawling.sites.get(session, principal, dataset_id, site_id)
        removed = runtime.crawling.crawls.remove_site(session, principal, site, keep_files=keep_files)
    runtime.worker.nudge()
    return SiteDeleted(files_removed=removed)
