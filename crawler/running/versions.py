"""Keeps what a page said, each time that it says something else."""

from __future__ import annotations

from collections.abc import Sequence

import zstandard
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from crawler.running.reading import Reading
from crawler.sites.models import PageVersion, SitePage

MOST_VERSIONS = 20
_LONGEST = 2_000_000
"""Characters of a page that are kept to be read."""


def keep_versions(session: Session, kept: Sequence[tuple[SitePage, Reading]], *, crawl_id: str) -> None:
    """The present one of each page; the oldest go when there are too many. A step that is repeated writes the same."""
    there = _there(session, [row for row, _ in kept])
    for row, reading in kept:
        version = there.get((row.key, row.version))
        if version is None:
            version = PageVersion(site_id=row.site_id, key=row.key, number=row.version)
            session.add(version)
        version.crawl_id, version.at = crawl_id, row.changed_at
        version.title, version.characters = reading.page.title, reading.page.characters
        text = reading.text
        version.text = None if text is None else zstandard.compress(text[:_LONGEST].encode("utf-8", "replace"))
        if row.version > MOST_VERSIONS:
            mine = (PageVersion.site_id == row.site_id) & (PageVersion.key == row.key)
            session.execute(delete(PageVersion).where(mine, PageVersion.number <= row.version - MOST_VERSIONS))


def _there(session: Session, rows: Sequence[SitePage]) -> dict[tuple[str, int], PageVersion]:
    """Those that have been written already, as after the page was forgotten and has come again."""
    if not rows:
        return {}
    places = [(row.key, row.version) for row in rows]
    wanted = select(PageVersion).where(
        PageVersion.site_id == rows[0].site_id, tuple_(PageVersion.key, PageVersion.number).in_(places)
    )
    return {(one.key, one.number): one for one in session.scalars(wanted)}
