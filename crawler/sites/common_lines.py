"""What a page shares with its site, as it was when the page was taken in: later boilerplate makes no page new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.sites.models import SitePage


class CommonLinesOfPages:
    """Implements the CommonLines of ingestion."""

    @staticmethod
    def of(session: Session, file_ids: Sequence[str]) -> Mapping[str, bytes]:
        wanted = select(SitePage.file_id, SitePage.common).where(SitePage.file_id.in_(file_ids))
        found = session.execute(wanted.where(SitePage.duplicate_of.is_(None)))
        return {file_id: common for file_id, common in found if file_id and common}
