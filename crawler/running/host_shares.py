"""One ceiling for a host over crawls on several machines: each place has an equal part of it, by a lease in the
database.

Whoever joins waits until all others have said that they share with one more, or until their lease has ended; a crawl
whose lease was not renewed asks nothing. So together they never ask faster than one alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Self

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from crawler.crawls.models import HostLease
from crawler.engine.pace import Pace
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id

LEASE = timedelta(seconds=20)
TOLD_SECONDS = 14.0
"""What a crawl is told of its lease: the rest is for clocks of machines that differ."""

RENEW_SECONDS = 4.0
WAIT_SECONDS = 0.25
_LOCK_ID = 0x63_61_69_72_6E_48  # "cairnH": those who count places take turns at it


@dataclass(slots=True)
class HostShare:
    """Of one crawl, from the beginning of the block to its end. `keep` is to be called again and again."""

    database: Database
    clock: Clock
    host: str
    place: str
    tell: Callable[[Pace], None]
    lease: timedelta = LEASE
    told_seconds: float = TOLD_SECONDS
    renew_seconds: float = RENEW_SECONDS
    holder: str = field(default_factory=new_id)
    parts: int = 0
    is_asking: bool = False
    _due: float = 0.0

    def __enter__(self) -> Self:
        self.host = self.host[:300]
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """The others get its part with their next look. After an error the lease ends by itself."""
        if _error is None:
            with self.database.write() as session:
                session.execute(delete(HostLease).where(HostLease.host == self.host, HostLease.holder == self.holder))

    def keep(self) -> None:
        """Renews the lease where that is due, and tells the crawl its part."""
        if monotonic() < self._due:
            return
        asked = monotonic()
        with self.database.write() as session:
            parts, may_ask = self._renewed(session)
            is_slower = parts > self.parts
            if is_slower:  # before the others can know
                self._say(parts, may_ask=may_ask, since=asked)
        if not is_slower:
            self._say(parts, may_ask=may_ask, since=asked)
        self.parts, self.is_asking = parts, may_ask
        self._due = monotonic() + (self.renew_seconds if may_ask else WAIT_SECONDS)

    def _say(self, parts: int, *, may_ask: bool, since: float) -> None:
        self.tell(Pace(parts if may_ask else 0, max(0.0, self.told_seconds - (monotonic() - since))))

    def _renewed(self, session: Session) -> tuple[int, bool]:
        """Among how many places the ceiling is shared, and whether this crawl may use its part."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        now = self.clock.now()
        session.execute(delete(HostLease).where(HostLease.host == self.host, HostLease.lease_until < now))
        rows = session.scalars(select(HostLease).where(HostLease.host == self.host)).all()
        mine = next((row for row in rows if row.holder == self.holder), None)
        others = [row for row in rows if row.place != self.place]
        parts = len({row.place for row in others}) + 1
        is_known = all(row.parts >= parts for row in others)
        goes_on = mine is not None and self.is_asking
        if goes_on and not is_known:
            parts = max(parts, self.parts)  # who is slower than it was takes nothing from anybody
        if mine is None:
            mine = HostLease(host=self.host, holder=self.holder, place=self.place)
            session.add(mine)
        mine.parts, mine.lease_until = parts, now + self.lease
        return parts, is_known or goes_on
