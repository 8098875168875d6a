"""Reads on their way into the trail: handed over in microseconds, written together a moment later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Condition, Lock, Thread
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from identity.audit.trail import Deed, Trail
from kit.db.database import Database
from kit.errors import Unavailable

WRITTEN_WITHIN = 0.25
"""Seconds. What kill -9 can take of the trail of reads; changes are never lost, see Trail.watch."""

MOST_WAITING = 20_000
LOOKED_AT_EVERY = 3600.0
"""Seconds between two looks for entries that are too old."""

_TOGETHER = 500
_log = structlog.get_logger(__name__)


class AuditIsBehind(Unavailable):
    """Nothing is read that could not be recorded."""

    code = "AUDIT_UNAVAILABLE"


class ReadLog:
    """Safe among threads. `close` writes what is left. Entries older than `keep` are let go, unless it is zero."""

    def __init__(
        self, *, database: Database, trail: Trail, keep: timedelta = timedelta(0), every: float = WRITTEN_WITHIN
    ) -> None:
        self._database = database
        self._trail = trail
        self._every = every
        self._keep = keep
        self._let_go_at = monotonic() + LOOKED_AT_EVERY
        self._waiting: list[Deed] = []
        self._changed = Condition()
        self._writing = Lock()
        self._closing = False
        self._thread: Thread | None = None

    def check(self) -> None:
        """Raises AuditIsBehind where the trail could not be written for so long that nothing more is taken."""
        if len(self._waiting) >= MOST_WAITING:
            raise AuditIsBehind("reads cannot be recorded at the moment, so none is answered; try again in a while")

    def put(self, deeds: Sequence[Deed]) -> None:
        with self._changed:
            self._waiting.extend(deeds)
            if self._thread is None and not self._closing:
                self._thread = Thread(target=self._work, name="audit", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Writes what waits, now and on this thread. On return all that was handed over before is there to be read,
        also what another thread had taken to write it."""
        with self._writing:
            with self._changed:
                taken, self._waiting = self._waiting, []
            for start in range(0, len(taken), _TOGETHER):
                self._write(taken[start : start + _TOGETHER], rest=taken[start + _TOGETHER :])

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _work(self) -> None:
        while not self._closing:
            with self._changed:
                if not self._closing:
                    self._changed.wait(self._every)
            if self._waiting:
                try:
                    self.flush()
                except SQLAlchemyError:
                    _log.exception("audit.reads_not_written", waiting=len(self._waiting))
            if self._keep and monotonic() >= self._let_go_at:
                self._let_go_at = monotonic() + LOOKED_AT_EVERY
                self.let_go()

    def let_go(self) -> None:
        """Removes what is older than it has to be kept, tenant by tenant."""
        before = self._trail.clock.now() - self._keep
        with self._database.read() as session:
            tenants = self._trail.tenants(session)
        for tenant_id in tenants:
            with self._database.write() as session:
                gone = self._trail.let_go(session, tenant_id, before=before)
            if gone:
                _log.info("audit.let_go", tenant_id=tenant_id, entries=gone)

    def _write(self, deeds: Sequence[Deed], *, rest: Sequence[Deed]) -> None:
        try:
            with self._database.write() as session:
                self._trail.record(session, deeds)
        except SQLAlchemyError:
            with self._changed:
                self._waiting[:0] = [*deeds, *rest]
            raise
