"""Keeps what a page said, each time that it says something else."""

from __future__ import annotations

import zstandard
from sqlalchemy import delete
from sqlalchemy.orm import Session

from crawler.running.reading import Reading
from crawler.sites.models import PageVersion, SitePage

MOST_VERSIONS = 20
_LONGEST = 2_000_000
"""Characters of a page that are kept to be read."""


def keep_version(session: Session, row: SitePage, reading: Reading, *, crawl_id: str) -> None:
    """The present one; the oldest go when there are too many. A step that is repeated writes the same."""
    text = reading.text
    packed = None if text is None else zstandard.compress(text[:_LONGEST].encode("utf-8", "replace"))
    session.merge(
        PageVersion(
            site_id=row.site_id,
            key=row.key,
            number=row.version,
            crawl_id=crawl_id,
            at=row.changed_at,
            title=reading.page.title,
            characters=reading.page.characters,
            text=packed,
        )
    )
    mine = (PageVersion.site_id == row.site_id) & (PageVersion.key == row.key)
    session.execute(delete(PageVersion).where(mine, PageVersion.number <= row.version - MOST_VERSIONS))
