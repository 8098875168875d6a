"""What happened, handed on to many watchers of one process with one look at the table for all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import takewhile
from threading import Event as Flag
from threading import Lock, Thread
from uuid import uuid4

import structlog

from kit.db.database import Database
from kit.events import outbox
from kit.events.types import Happened

LOOK_SECONDS = 0.1
"""Between two looks at the table while anybody watches: one read along the primary key, whoever wrote."""

_REMEMBERED = 10_000
_AT_ONCE = 1_000
_log = structlog.get_logger(__name__)


class Feed:
    """The table is the way between processes, so every process shows the same. Thread-safe.

    A watcher keeps nothing here but a callback: it asks for what follows the id it has seen, and one that is slow
    costs no memory.
    """

    def __init__(self, database: Database, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._database = database
        self._look_seconds = look_seconds
        self._lock = Lock()
        self._recent: deque[Happened] = deque(maxlen=_REMEMBERED)
        self._seen = 0
        self._start = 0  # everything after this id, up to `_seen`, is in `_recent`, while this is current
        self._is_current = False
        self._watchers: dict[str, tuple[str, Callable[[], None]]] = {}
        self._stop = Flag()
        self._thread: Thread | None = None

    @property
    def is_closed(self) -> bool:
        return self._stop.is_set()

    def watch(self, tenant_id: str, wake: Callable[[], None]) -> str:
        """`wake` is called, on a thread of the feed, when there is something new of the tenant's. The token ends it."""
        token = str(uuid4())
        with self._lock:
            self._watchers[token] = tenant_id, wake
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._look, name="events", daemon=True)
                self._thread.start()
        return token

    def leave(self, token: str) -> None:
        with self._lock:
            self._watchers.pop(token, None)

    def close(self) -> None:
        """Watchers are woken a last time, to find it closed."""
        self._stop.set()
        self._wake()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    def now(self) -> int:
        """The id of the newest event: whoever asks for what follows it misses nothing that comes."""
        with self._database.read() as session:
            return outbox.newest(session)

    def is_known(self, event_id: int) -> bool:
        """Whether all that followed the id is still kept."""
        with self._database.read() as session:
            oldest = outbox.oldest(session)
            return event_id <= outbox.newest(session) and (oldest is None or event_id >= oldest - 1)

    def recent(self, event_id: int, tenant_id: str) -> tuple[Sequence[Happened], int] | None:
        """As `after`, where memory suffices; None where it does not. Never waits for the database."""
        with self._lock:
            if not self._is_current or event_id < self._start:
                return None
            newer = takewhile(lambda event: event.id > event_id, reversed(self._recent))
            found = [event for event in newer if event.tenant_id == tenant_id]
            return found[::-1], max(self._seen, event_id)

    def after(self, event_id: int, tenant_id: str) -> tuple[Sequence[Happened], int]:
        """The tenant's next events, and the id up to which there are no others."""
        known = self.recent(event_id, tenant_id)
        if known is not None:
            return known
        with self._database.read() as session:
            until = outbox.newest(session)
            events = outbox.of_tenant_after(session, tenant_id, event_id, limit=_AT_ONCE)
        if len(events) == _AT_ONCE:
            until = events[-1].id
        return [event for event in events if event.id <= until], max(until, event_id)

    def _look(self) -> None:
        """Runs while anybody watches; what it remembers goes with it, for it would have a gap later."""
        is_begun = False
        while not self._stop.wait(self._look_seconds):
            try:
                if not is_begun:
                    self._begin()
                    is_begun = True
                elif tenants := self._read_on():
                    self._wake(tenants)
            except Exception:  # noqa: BLE001 - the database may be away for a while; watchers wait, none is lost
                _log.exception("events.look_failed")
            with self._lock:
                if not self._watchers:
                    self._thread, self._is_current = None, False
                    self._recent.clear()
                    return

    def _begin(self) -> None:
        newest = self.now()
        with self._lock:
            self._start = self._seen = newest
            self._is_current = True
        self._wake()  # those who came before may lack what happened in between

    def _read_on(self) -> set[str]:
        """The tenants of what is new."""
        with self._database.read() as session:
            found = outbox.after(session, self._seen, limit=_AT_ONCE)
        with self._lock:
            for event in found:
                if len(self._recent) == _REMEMBERED:
                    self._start = self._recent[0].id
                self._recent.append(event)
                self._seen = event.id
        return {event.tenant_id for event in found}

    def _wake(self, tenants: Collection[str] | None = None) -> None:
        """Those who watch one of them; None: everybody."""
        with self._lock:
            watchers = [wake for tenant, wake in self._watchers.values() if tenants is None or tenant in tenants]
        for wake in watchers:
            wake()
