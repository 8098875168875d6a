"""What a page shares with its site, as it was when the page was taken in: later boilerplate makes no page new."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.sites.models import SitePage


class CommonLinesOfPages:
    """Implements the CommonLines of ingestion."""

    @staticmethod
    def of(session: Session, file_id: str) -> bytes:
        wanted = select(SitePage.common).where(SitePage.file_id == file_id, SitePage.duplicate_of.is_(None))
        return session.scalar(wanted) or b""
