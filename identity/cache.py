"""Spares the database the same question within a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from identity.types import Principal
from kit.clock import Clock
from kit.crypto import hash_token

MOST_SECONDS = 1.0
"""A revoked or expired key is refused after this long at the latest, in every process."""

_REMEMBERED = 10_000
_Found = TypeVar("_Found")


class BriefMemory(Generic[_Found]):
    """Answers of the last moment. Errors are not kept, so what was refused and is allowed now works at once."""

    def __init__(self, *, clock: Clock, seconds: float = MOST_SECONDS) -> None:
        if not 0 <= seconds <= MOST_SECONDS:
            raise ValueError(f"answers are kept for 0 to {MOST_SECONDS} seconds, not {seconds}")
        self._clock = clock
        self._keep = timedelta(seconds=seconds)
        self._found: dict[str, tuple[datetime, _Found]] = {}
        self._lock = Lock()

    def get(self, key: str, look_up: Callable[[str], _Found]) -> _Found:
        """From memory or from `look_up(key)`, whose errors pass through."""
        asked = self._clock.now()
        with self._lock:
            known = self._found.get(key)
        if known is not None and asked - known[0] < self._keep:
            return known[1]
        found = look_up(key)
        with self._lock:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            # counted from before the question: what changed while it was asked is not kept longer for that
            self._found[key] = (asked, found)
        return found

    def peek(self, key: str) -> _Found | None:
        """What is in memory. Never waits for anything."""
        known = self._found.get(key)
        return known[1] if known is not None and self._clock.now() - known[0] < self._keep else None

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


class PrincipalCache:
    """Accepted tokens of the last moment, by hash. Refusals are not kept, so a new key works at once."""

    def __init__(self, *, clock: Clock, seconds: float = MOST_SECONDS) -> None:
        self._memory = BriefMemory[Principal](clock=clock, seconds=seconds)

    def get(self, token: str, look_up: Callable[[str], Principal]) -> Principal:
        """The principal of the token, from memory or from `look_up(token)`, whose errors pass through."""
        return self._memory.get(hash_token(token), lambda _: look_up(token))

    def peek(self, token: str) -> Principal | None:
        """The principal of the token if it is in memory. Never waits for anything."""
        return self._memory.peek(hash_token(token))

    def clear(self) -> None:
        """Forget everything, as after revoking a key in this process."""
        self._memory.clear()
