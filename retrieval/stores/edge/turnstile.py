"""Whose turn it is at a shard: searches before writes, writes in order of arrival, one at a time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

# A write that has waited this long goes before waiting searches: they wait for one slice of it.
WRITE_PATIENCE = 0.1


class _Ticket:
    """A place in the line of writes, told apart by identity."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def is_overdue(self) -> bool:
        return self._remaining() < 0

    def patience(self) -> float | None:
        """Seconds until the write is overdue; None once it is."""
        remaining = self._remaining()
        return None if remaining < 0 else remaining

    def _remaining(self) -> float:
        return WRITE_PATIENCE - (time.monotonic() - self._since)


class Turnstile:
    """Thread-safe. While writes are held, searches and maintenance go on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = False
        self._writing = False
        self._wrote_last = False
        self._held = False
        self._searches_waiting = 0
        self._writes: deque[_Ticket] = deque()

    @contextmanager
    def search(self) -> Iterator[None]:
        with self._changed:
            self._searches_waiting += 1
            try:
                self._changed.wait_for(lambda: not self._busy and not self._write_is_overdue())
            finally:
                self._searches_waiting -= 1
            self._busy = True
            self._wrote_last = False
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def write(self) -> Iterator[None]:
        with self._changed:
            ticket = _Ticket()
            self._writes.append(ticket)
            try:
                self._wait_for_write(ticket)
            finally:
                self._writes.remove(ticket)
            self._busy = self._writing = self._wrote_last = True
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def maintenance(self) -> Iterator[None]:
        """A turn behind every waiting search that a hold on writes does not stop."""
        with self._changed:
            deadline = time.monotonic() + WRITE_PATIENCE
            self._changed.wait_for(
                lambda: not self._busy and (not self._searches_waiting or time.monotonic() > deadline)
            )
            self._busy = True
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def writes_held(self) -> Iterator[None]:
        """No write runs inside this block. Blocks do not nest and do not overlap."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held)
            self._held = True
            self._changed.wait_for(lambda: not self._writing)
        try:
            yield
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()

    def _wait_for_write(self, ticket: _Ticket) -> None:
        """Nobody announces that a write has become overdue, and searches step back from then on: a write that looked
        a moment earlier would wait for them as they wait for it. So it looks again by itself at that time."""
        patience = ticket.patience()
        while not (self._writes[0] is ticket and self._write_may_go()):
            self._changed.wait(patience)
            patience = ticket.patience()

    def _write_may_go(self) -> bool:
        if self._busy or self._held:
            return False
        return not self._searches_waiting or self._write_is_overdue()

    def _write_is_overdue(self) -> bool:
        """Never twice in a row, so that searches get through however many writers there are."""
        if not self._writes or self._held or self._wrote_last:
            return False
        return self._writes[0].is_overdue()

    def _release(self) -> None:
        with self._changed:
            self._busy = self._writing = False
            self._changed.notify_all()
