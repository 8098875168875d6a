"""Keeps what a page said, each time that it says something else."""

from __future__ import annotations

from pathlib import Path

import zstandard
from sqlalchemy import delete
from sqlalchemy.orm import Session

from crawler.engine.messages import TEXT_SUFFIX, Page
from crawler.sites.models import PageVersion, SitePage
from ingest.parsers.web.lines import line_hash, plain_line

MOST_VERSIONS = 20
_LONGEST = 2_000_000
"""Characters of a page that are kept to be read."""


def keep_version(session: Session, row: SitePage, page: Page, *, crawl_id: str, boilerplate: frozenset[bytes]) -> None:
    """The present one; the oldest go when there are too many. A step that is repeated writes the same."""
    text = _text(page, boilerplate)
    packed = None if text is None else zstandard.compress(text[:_LONGEST].encode("utf-8", "replace"))
    session.merge(
        PageVersion(
            site_id=row.site_id,
            key=row.key,
            number=row.version,
            crawl_id=crawl_id,
            at=row.changed_at,
            title=page.title,
            characters=page.characters,
            text=packed,
        )
    )
    mine = (PageVersion.site_id == row.site_id) & (PageVersion.key == row.key)
    session.execute(delete(PageVersion).where(mine, PageVersion.number <= row.version - MOST_VERSIONS))


def _text(page: Page, boilerplate: frozenset[bytes]) -> str | None:
    """Read by the process of the crawl: pages are hostile, and the server opens none."""
    file = text_of(page)
    if not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line_hash(plain_line(line)) not in boilerplate)


def text_of(page: Page) -> Path:
    return Path(page.body).with_suffix(TEXT_SUFFIX)
