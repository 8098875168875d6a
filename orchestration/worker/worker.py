"""Works off job rows: on threads of the server's own process, or in a process that is told when to."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic

import structlog

from kit.db.database import Database
from kit.errors import Unavailable
from kit.full_disks import is_disk_full
from kit.ids import new_id
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import JobHandler, Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, JobState
from kit.logging import log_context
from orchestration.worker.doorbell import Doorbell

POLL_SECONDS = 1.0
"""How long work waits whose nudge was lost, or that another process enqueued."""

WATCH_SECONDS = 0.5
"""How long a worker goes on with a job that was cancelled, where its step can be interrupted."""

_AWAY_SECONDS = 2.0
_DISK_FULL = "the disk that Cairn writes to is full; make room, and it goes on by itself"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lane:
    """Threads that take jobs of one queue."""

    queue: str
    threads: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that is looked at every so many seconds, by every worker; it says by itself what is to be done once."""

    name: str
    seconds: float
    run: Callable[[], object]


class Worker:
    """Leases are extended by a thread of their own, which no work can hold up.

    `tell_others` wakes workers in other processes, where there are any.
    """

    def __init__(
        self,
        *,
        database: Database,
        queue: JobQueue,
        handlers: Sequence[JobHandler],
        lanes: Sequence[Lane],
        ticks: Sequence[Tick] = (),
        tell_others: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._handlers = {handler.kind: handler for handler in handlers}
        self._lanes = tuple(lanes)
        self._ticks = tuple(ticks)
        self._queues = sorted({handler.queue for handler in handlers} | {lane.queue for lane in lanes})
        self._tell_others = tell_others or _nobody
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"[:64]
        self._stop = Event()
        self._doorbell = Doorbell()
        self._threads: list[Thread] = []
        self._hands = Lock()
        self._served: dict[str, str | None] = {}  # queue to the tenant that had the last turn
        self._in_hand: dict[str, int] = {}  # job to turn
        self._lost: frozenset[tuple[str, int]] = frozenset()

    @property
    def is_alive(self) -> bool:
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def start(self, *, queues: Collection[str] | None = None) -> None:
        """`queues`: only the lanes of these."""
        targets = [
            Thread(target=self._work, args=(lane.queue,), name=f"worker-{lane.queue}-{number}", daemon=True)
            for lane in self._lanes
            if queues is None or lane.queue in queues
            for number in range(lane.threads)
        ]
        targets += [
            Thread(target=self._beat, args=(tick,), name=f"worker-{tick.name}", daemon=True) for tick in self._ticks
        ]
        self._threads = [
            Thread(target=self._look_after, name="worker-leases", daemon=True),
            Thread(target=self._watch, name="worker-watch", daemon=True),
            *targets,
        ]
        for thread in self._threads:
            thread.start()

    def nudge(self) -> None:
        """There may be work. Cheap, and never lost on a lane that is about to wait."""
        self._doorbell.ring()
        self._tell_others()

    def take_turn(self, queue: str) -> bool:
        """For a process that is told when to: does the work of one claim. Whether there was any."""
        return self._take_turn(queue)

    def has_more(self, queue: str) -> bool:
        """Whether there is work for another process as well."""
        with self._database.read() as session:
            return self._queue.has_several(session, queue=queue)

    def ask_to_stop(self) -> None:
        """Steps in hand come to their next pause."""
        self._stop.set()

    def stop(self, *, seconds: float) -> bool:
        """Steps in hand come to their next pause and hand back what is left. False when one did not within the time;
        its lease then runs out by itself."""
        self._stop.set()
        self._doorbell.ring()
        deadline = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        ended = not any(thread.is_alive() for thread in self._threads)
        if not ended:
            _log.warning("worker.did_not_stop", seconds=seconds)
        return ended

    def _work(self, queue: str) -> None:
        while not self._stop.is_set():
            heard = self._doorbell.count
            try:
                worked = self._take_turn(queue)
            except Exception:  # noqa: BLE001 - the edge of a turn: the database may be away for a while
                _log.exception("worker.turn_failed", queue=queue)
                self._stop.wait(POLL_SECONDS)
                continue
            if not worked:
                self._doorbell.wait(heard, POLL_SECONDS)

    def _take_turn(self, queue: str) -> bool:
        """Whether there was anything to do."""
        claims = self._claim(queue)
        if claims:
            with self._holding(claims):
                self._run(claims)
            self.nudge()  # what was done may have left work for another queue
        return bool(claims)

    @contextmanager
    def _holding(self, claims: Sequence[Claim]) -> Iterator[None]:
        """Their leases are extended meanwhile. What could not be recorded in the end is then taken up by somebody: with
        the lease extended for as long as the worker lives, it would stand still for as long."""
        with self._hands:
            self._in_hand |= {claim.id: claim.turn for claim in claims}
        try:
            yield
        finally:
            with self._hands:
                for claim in claims:
                    self._in_hand.pop(claim.id, None)

    def _claim(self, queue: str) -> list[Claim]:
        """Jobs of one lot, as many as their handler takes together. Looks before it takes: a read locks nobody out."""
        with self._database.read() as session:
            if not self._queue.has_work(session, queue=queue):
                return []
        claim = partial(self._queue.claim, queue=queue, owner=self._owner, served=self._served.get(queue))
        with self._database.write() as session:
            claims = claim(session, limit=1)
            if claims and claims[0].lot is not None and claims[0].kind in self._handlers:
                more = self._handlers[claims[0].kind].batch - 1
                if more > 0:
                    claims += claim(session, limit=more, beside=claims[0])
        if claims:
            self._served[queue] = claims[0].tenant_id
        return claims

    def _run(self, claims: Sequence[Claim]) -> None:
        with log_context(job_id=claims[0].id, job_kind=claims[0].kind):
            try:
                self._handler(claims[0]).run(claims, Signals(stopping=self._stop.is_set, is_lost=self._is_lost))
            except LeaseLost as error:
                _log.info("job.lost", reason=error.message)
            except Exception as error:  # noqa: BLE001 - the edge of a job: whatever went wrong is recorded on it
                self._take_in(claims, error)

    def _take_in(self, claims: Sequence[Claim], error: Exception) -> None:
        """What lies in the surroundings costs no try, however long it takes to be mended."""
        lacking = error.message if isinstance(error, Unavailable) else _DISK_FULL if is_disk_full(error) else None
        if lacking is not None:
            _log.warning("job.postponed", reason=lacking)
            self._each(claims, partial(self._postpone, error=lacking))
            return
        _log.error("job.failed", exc_info=error)
        if len(claims) == 1:
            self._each(claims, partial(self._retry, error=f"{type(error).__name__}: {error}"))
        else:
            self._run_apart(claims)

    def _run_apart(self, claims: Sequence[Claim]) -> None:
        """One of them is at fault, and the others must not be tried to death with it."""
        for claim in claims:
            if self._stop.is_set():
                self._each([claim], self._release)
            else:
                self._run([claim])

    def _handler(self, claim: Claim) -> JobHandler:
        handler = self._handlers.get(claim.kind)
        if handler is None:
            # while an installation is upgraded machine by machine, one that is newer will take it
            raise Unavailable(f"no handler for jobs of kind {claim.kind!r}; was it written by a newer Cairn?")
        return handler

    @staticmethod
    def _each(claims: Sequence[Claim], act: Callable[[Claim], None]) -> None:
        for claim in claims:
            try:
                act(claim)
            except LeaseLost:
                continue  # the handler had ended this one, or somebody else has it

    def _release(self, claim: Claim) -> None:
        with self._database.write() as session:
            self._queue.release(session, claim)

    def _postpone(self, claim: Claim, error: str) -> None:
        with self._database.write() as session:
            self._queue.postpone(session, claim, error, seconds=_AWAY_SECONDS)

    def _retry(self, claim: Claim, error: str) -> None:
        with self._database.write() as session:
            state = self._queue.retry(session, claim, error)
        if state is JobState.DEAD:
            self._gave_up(claim, error)

    def _gave_up(self, claim: Claim, error: str) -> None:
        _log.error("job.dead", job_id=claim.id, kind=claim.kind, subject=claim.subject)
        handler = self._handlers.get(claim.kind)
        if handler is not None:
            handler.gave_up(claim, error)

    def _is_lost(self, claim: Claim) -> bool:
        return (claim.id, claim.turn) in self._lost

    def _watch(self) -> None:
        """Finds out about jobs in hand that were cancelled, so that a long step need not run to its end for nothing."""
        while not self._stop.wait(WATCH_SECONDS):
            with self._hands:
                in_hand = dict(self._in_hand)
            if not in_hand:
                continue
            try:
                with self._database.read() as session:
                    held = self._queue.held(session, owner=self._owner, jobs=in_hand)
                self._lost = frozenset((job, turn) for job, turn in in_hand.items() if held.get(job) != turn)
            except Exception:  # noqa: BLE001 - the database may be away for a while; then nobody can cancel either
                _log.exception("worker.watch_failed")

    def _beat(self, tick: Tick) -> None:
        """Once at the start, for what came due while nobody was there."""
        while True:
            try:
                if tick.run():
                    self._doorbell.ring()
            except Exception:  # noqa: BLE001 - the database may be away for a while; what is due then stays due
                _log.exception("worker.tick_failed", tick=tick.name)
            if self._stop.wait(tick.seconds):
                return

    def _look_after(self) -> None:
        """Extends leases, and ends jobs over which worker after worker has died."""
        every = self._queue.lease.total_seconds() / 4
        while not self._stop.wait(every):
            try:
                with self._database.write() as session:
                    self._queue.heartbeat(session, owner=self._owner, jobs=tuple(self._in_hand))
                    buried = [claim for queue in self._queues for claim in self._queue.bury(session, queue=queue)]
                for claim in buried:
                    self._gave_up(claim, "workers died over it")
            except Exception:  # noqa: BLE001 - the database may be away for a while; leases outlast a missed turn
                _log.exception("worker.heartbeat_failed")


def _nobody() -> None:
    return
