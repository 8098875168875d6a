"""Decides when a key's use is worth writing down."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from identity.keys import USED_EVERY
from kit.clock import Clock

_REMEMBERED_KEYS = 10_000


class KeyUsage:
    """In-process throttle for AccessKeys.touch: true at most once a minute for each key. Safe among threads."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._written: dict[str, datetime] = {}
        self._lock = Lock()

    def is_due(self, key_id: str) -> bool:
        """Whether the caller should now call `touch` for the key, in a writing transaction of its own."""
        now = self._clock.now()
        with self._lock:
            last = self._written.get(key_id)
            if last is not None and now - last < USED_EVERY:
                return False
            if len(self._written) >= _REMEMBERED_KEYS:
                self._written.clear()  # costs a few needless writes, for none of which `touch` changes a row
            self._written[key_id] = now
            return True
