"""What a page said when, and what has changed between two of its versions."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.sites.models import CrawlSite, PageVersion, SitePage
from identity.types import Principal
from ingest.files.ports import DatasetGate
from ingest.redaction.texts import blackout
from kit.errors import NotFound

_CONTEXT_LINES = 2
_MOST_CHARACTERS = 4_000_000


class VersionIsNotThere(NotFound):
    code = "VERSION_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    crawl_id: str
    at: datetime
    title: str
    characters: int


@dataclass(frozen=True, slots=True)
class VersionText:
    """`diff` is a unified diff by lines from version `against`; empty for the first one, or where all is the same.
    `text` is None for a kind of file that is not shown as text."""

    version: VersionView
    text: str | None
    against: int | None
    diff: str


@dataclass(frozen=True, slots=True)
class Versions:
    """All methods take the caller's session. NotFound where the file is not there for the caller, or is no page.

    They are kept as the pages were, and shown as the dataset has its texts: with placeholders where it redacts.
    """

    gate: DatasetGate

    def list(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> Sequence[VersionView]:
        """Newest first."""
        blacked = self._blacked(session, principal, dataset_id)
        return [_view(row, blacked) for row in self._rows(session, principal, dataset_id, file_id)]

    def get(
        self, session: Session, principal: Principal, dataset_id: str, file_id: str, *, number: int, against: int | None
    ) -> VersionText:
        """With what has changed since the version before, or since `against`."""
        rows = {row.number: row for row in self._rows(session, principal, dataset_id, file_id)}
        row = rows.get(number)
        base = number - 1 if against is None else against
        if row is None or (against is not None and against not in rows):
            named = ", ".join(map(str, sorted(rows)))
            raise VersionIsNotThere(f"of this page the versions {named} are kept")
        before, blacked = rows.get(base), self._blacked(session, principal, dataset_id)
        text = _text(row, blacked)
        diff = "" if before is None else _diff(before, row, blacked)
        return VersionText(_view(row, blacked), text, before.number if before else None, diff)

    def _blacked(self, session: Session, principal: Principal, dataset_id: str) -> Callable[[str], str]:
        return blackout(self.gate.readable(session, principal, dataset_id).redaction)

    def _rows(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> Sequence[PageVersion]:
        self.gate.readable(session, principal, dataset_id)
        page = session.scalar(select(SitePage).where(SitePage.file_id == file_id, SitePage.duplicate_of.is_(None)))
        found: Sequence[PageVersion] = []
        if page is not None:
            wanted = select(PageVersion).where(PageVersion.site_id == page.site_id, PageVersion.key == page.key)
            found = session.scalars(wanted.order_by(PageVersion.number.desc())).all()
        if not found or not self._is_of(session, found[0], dataset_id):
            raise VersionIsNotThere(f"file {file_id!r} is no page of a website of this dataset, so it has no versions")
        return found

    @staticmethod
    def _is_of(session: Session, version: PageVersion, dataset_id: str) -> bool:
        site = session.get(CrawlSite, version.site_id)
        return site is not None and site.dataset_id == dataset_id


def _view(row: PageVersion, blacked: Callable[[str], str]) -> VersionView:
    return VersionView(row.number, row.crawl_id, row.at, blacked(row.title), row.characters)


def _text(row: PageVersion, blacked: Callable[[str], str]) -> str | None:
    if row.text is None:
        return None
    text = zstandard.decompress(row.text, max_output_size=4 * _MOST_CHARACTERS).decode("utf-8", "replace")
    return "\n".join(map(blacked, text.split("\n")))


def _diff(before: PageVersion, after: PageVersion, blacked: Callable[[str], str]) -> str:
    old, new = (_text(before, blacked) or "").splitlines(), (_text(after, blacked) or "").splitlines()
    names = (f"version {before.number}", f"version {after.number}")
    dates = (before.at.isoformat(timespec="seconds"), after.at.isoformat(timespec="seconds"))
    return "\n".join(difflib.unified_diff(old, new, *names, *dates, n=_CONTEXT_LINES, lineterm=""))
