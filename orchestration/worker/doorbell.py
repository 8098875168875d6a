"""Wakes threads that wait for work."""

from __future__ import annotations

from threading import Condition


class Doorbell:
    """Counts its rings: who read `count` before looking for work does not miss one that came while looking."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0

    @property
    def count(self) -> int:
        with self._changed:
            return self._count

    def ring(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Until there was a ring after `heard`, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != heard, timeout=seconds)
