"""Limits on how often something is done, exact across processes: what is used up stands in the database.

Each process takes a little of what is left in a window at once, so that most requests cost no statement. Never more
than the limit is let through in a window; a process that took some and had no use for it can leave the others that
much short of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.models import RateWindow
from kit.clock import Clock

_SHARE = 50
"""A fiftieth of a limit is taken at once."""

_REMEMBERED = 10_000
Write = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Bound:
    """`limit` times in each window of `seconds`, counted by `subject`."""

    subject: str
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """`remaining` is what this process knows to be left at least; `reset` is seconds until the window ends."""

    limit: int
    remaining: int
    reset: int
    is_allowed: bool


@dataclass(slots=True)
class _Held:
    """Of a window and a limit: where the limit has changed, what was taken by the former one is not used any more."""

    window: int
    limit: int
    left: int = 0
    is_exhausted: bool = False

    def is_of(self, window: int, limit: int) -> bool:
        return self.window == window and self.limit == limit


class RateLimiter:
    """Fixed windows. Safe among threads."""

    def __init__(self, *, write: Write, clock: Clock) -> None:
        self._write = write
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def take(self, bound: Bound) -> Allowance:
        """Uses one of the limit in the present window, if there is one left."""
        now = int(self._clock.now().timestamp())
        window, reset = now // bound.seconds, bound.seconds - now % bound.seconds
        with self._lock:
            held = self._held.get(bound.subject)
            if held is None or not held.is_of(window, bound.limit):
                if len(self._held) >= _REMEMBERED:
                    self._held.clear()
                held = self._held[bound.subject] = _Held(window, bound.limit)
            if held.left == 0 and not held.is_exhausted:
                held.left = self._fetch(bound, window, ends_at=now + reset)
                held.is_exhausted = held.left == 0
            allowed = held.left > 0
            held.left -= allowed
            return Allowance(bound.limit, held.left, reset, allowed)

    def take_held(self, bounds: Sequence[Bound]) -> Sequence[Allowance] | None:
        """As `take` of each, but from what this process holds of the windows already; None, with nothing used, where
        the database would have to be asked for one of them, or where somebody is asking it. Never waits."""
        now = int(self._clock.now().timestamp())
        if not self._lock.acquire(blocking=False):
            return None
        try:
            found = [(bound, self._held.get(bound.subject)) for bound in bounds]
            usable = [
                (bound, held)
                for bound, held in found
                if held is not None and held.is_of(now // bound.seconds, bound.limit) and held.left > 0
            ]
            if len(usable) < len(bounds):
                return None
            for _, held in usable:
                held.left -= 1
            return [
                Allowance(bound.limit, held.left, bound.seconds - now % bound.seconds, is_allowed=True)
                for bound, held in usable
            ]
        finally:
            self._lock.release()

    def used(self, session: Session, subject: str, *, seconds: int) -> int:
        """In the present window, over all processes, with what they hold and have not used yet."""
        window = int(self._clock.now().timestamp()) // seconds
        wanted = select(RateWindow.used).where(RateWindow.subject == subject, RateWindow.window == window)
        return session.scalar(wanted) or 0

    def _fetch(self, bound: Bound, window: int, *, ends_at: int) -> int:
        """A share of what is left, or one, or none."""
        for wanted in (max(1, bound.limit // _SHARE), 1):
            with self._write() as session:
                if self._use(session, bound.subject, window, limit=bound.limit, wanted=wanted, ends_at=ends_at):
                    return wanted
        return 0

    @staticmethod
    def _use(session: Session, subject: str, window: int, *, limit: int, wanted: int, ends_at: int) -> bool:
        used = (
            update(RateWindow)
            .where(RateWindow.subject == subject, RateWindow.window == window, RateWindow.used <= limit - wanted)
            .values(used=RateWindow.used + wanted)
            .execution_options(synchronize_session=False)
        )
        if session.execute(used).rowcount:  # type: ignore[attr-defined]  # an update's result has it
            return True
        try:
            with session.begin_nested():
                session.execute(delete(RateWindow).where(RateWindow.ends_at < ends_at - 2 * 86_400))
                session.execute(insert(RateWindow).values(subject=subject, window=window, used=wanted, ends_at=ends_at))
        except IntegrityError:  # there already: used up, or begun by another process at the same moment
            return bool(session.execute(used).rowcount)  # type: ignore[attr-defined]  # as above
        return True
