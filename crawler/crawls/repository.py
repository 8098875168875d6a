"""Rows of crawls, their addresses, and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from crawler.crawls.errors import CrawlIsNotThere
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.types import UNFINISHED, CrawlState, UrlQuery
from crawler.reasons import Outcome
from crawler.sites.models import PageVersion, SitePage
from ingest.files.models import File
from ingest.files.types import FileStatus

_AT_ONCE = 400
"""Values in one statement: SQLite takes no more than 999 in its older versions."""


def get(session: Session, dataset_id: str, crawl_id: str) -> Crawl:
    """CrawlIsNotThere when it is another dataset's."""
    row = session.get(Crawl, crawl_id)
    if row is None or row.dataset_id != dataset_id:
        raise CrawlIsNotThere(crawl_id)
    return row


def held(session: Session, crawl_id: str) -> Crawl | None:
    """The row as it is now, kept from others until the transaction ends."""
    wanted = select(Crawl).where(Crawl.id == crawl_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def held_of_site(session: Session, site_id: str) -> list[str]:
    """Ids of crawls that wait for a person, each row kept from others until the transaction ends."""
    wanted = select(Crawl.id).where(Crawl.site_id == site_id, Crawl.state == CrawlState.HELD)
    return list(session.scalars(wanted.order_by(Crawl.id).with_for_update()))


def of_dataset(
    session: Session, dataset_id: str, *, site_id: str | None, before: str | None, limit: int
) -> list[Crawl]:
    """Newest first."""
    wanted = select(Crawl).where(Crawl.dataset_id == dataset_id)
    if site_id is not None:
        wanted = wanted.where(Crawl.site_id == site_id)
    if before is not None:
        wanted = wanted.where(Crawl.id < before)
    return list(session.scalars(wanted.order_by(Crawl.id.desc()).limit(limit)))


def unfinished(session: Session, site_id: str) -> Crawl | None:
    return session.scalar(select(Crawl).where(Crawl.site_id == site_id, Crawl.state.in_(UNFINISHED)).limit(1))


def counts(session: Session, crawl_ids: Sequence[str]) -> dict[str, dict[Outcome, int]]:
    """Addresses by crawl and outcome."""
    wanted = select(CrawlUrl.crawl_id, CrawlUrl.outcome, func.count()).where(CrawlUrl.crawl_id.in_(crawl_ids))
    found: dict[str, dict[Outcome, int]] = {crawl_id: {} for crawl_id in crawl_ids}
    for crawl_id, outcome, count in session.execute(wanted.group_by(CrawlUrl.crawl_id, CrawlUrl.outcome)):
        found[crawl_id][Outcome(outcome)] = count
    return found


def indexed(session: Session, crawl_ids: Sequence[str]) -> dict[str, int]:
    """Of each crawl, how many of its pages searches find now."""
    wanted = (
        select(CrawlUrl.crawl_id, func.count())
        .join(File, File.id == CrawlUrl.file_id)
        .where(CrawlUrl.crawl_id.in_(crawl_ids), File.status == FileStatus.INDEXED, File.deleted_at.is_(None))
        .where(CrawlUrl.outcome.in_((Outcome.KEPT, Outcome.UNCHANGED)))
        .group_by(CrawlUrl.crawl_id)
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def rendered(session: Session, crawl_ids: Sequence[str]) -> dict[str, int]:
    """Of each crawl, how many addresses a browser has drawn."""
    wanted = select(CrawlUrl.crawl_id, func.count()).where(CrawlUrl.crawl_id.in_(crawl_ids), CrawlUrl.rendered)
    return {row[0]: row[1] for row in session.execute(wanted.group_by(CrawlUrl.crawl_id))}


def urls(session: Session, crawl_id: str, query: UrlQuery, *, after: int, limit: int) -> list[CrawlUrl]:
    """In the order in which they were found, from the number after `after` on."""
    wanted = select(CrawlUrl).where(CrawlUrl.crawl_id == crawl_id, CrawlUrl.number > after)
    if query.outcomes:
        wanted = wanted.where(CrawlUrl.outcome.in_(query.outcomes))
    if query.containing:
        wanted = wanted.where(CrawlUrl.url.contains(query.containing, autoescape=True))
    return list(session.scalars(wanted.order_by(CrawlUrl.number).limit(limit)))


def urls_by_key(session: Session, crawl_id: str, keys: Iterable[str]) -> dict[str, CrawlUrl]:
    found: dict[str, CrawlUrl] = {}
    for some in _portions(keys):
        wanted = select(CrawlUrl).where(CrawlUrl.crawl_id == crawl_id, CrawlUrl.key.in_(some))
        found |= {row.key: row for row in session.scalars(wanted)}
    return found


def last_number(session: Session, crawl_id: str) -> int:
    return session.scalar(select(func.max(CrawlUrl.number)).where(CrawlUrl.crawl_id == crawl_id)) or 0


def pages_by_key(session: Session, site_id: str, keys: Iterable[str]) -> dict[str, SitePage]:
    found: dict[str, SitePage] = {}
    for some in _portions(keys):
        wanted = select(SitePage).where(SitePage.site_id == site_id, SitePage.key.in_(some))
        found |= {row.key: row for row in session.scalars(wanted)}
    return found


def count_files(session: Session, site_id: str) -> int:
    """Of a site's pages."""
    return session.scalar(select(func.count()).where(SitePage.site_id == site_id, SitePage.file_id.is_not(None))) or 0


def delete_site_rows(session: Session, site_id: str) -> None:
    """Crawls, their addresses, and pages of a site."""
    crawls = select(Crawl.id).where(Crawl.site_id == site_id)
    session.execute(delete(CrawlUrl).where(CrawlUrl.crawl_id.in_(crawls)))
    session.execute(delete(Crawl).where(Crawl.site_id == site_id))
    session.execute(delete(PageVersion).where(PageVersion.site_id == site_id))
    session.execute(delete(SitePage).where(SitePage.site_id == site_id))


def _portions(values: Iterable[str]) -> Iterable[list[str]]:
    everything = list(values)
    return (everything[start : start + _AT_ONCE] for start in range(0, len(everything), _AT_ONCE))


def last_completed(session: Session, dataset_ids: Sequence[str]) -> dict[str, datetime]:
    """When a crawl of a dataset came to its end last; a dataset without one is absent."""
    done = Crawl.state.in_((CrawlState.COMPLETED, CrawlState.HELD))
    wanted = select(Crawl.dataset_id, func.max(Crawl.completed_at)).where(Crawl.dataset_id.in_(dataset_ids), done)
    found = session.execute(wanted.group_by(Crawl.dataset_id))
    return {dataset_id: at for dataset_id, at in found if at is not None}
