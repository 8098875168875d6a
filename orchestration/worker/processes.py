"""`cairn worker`: processes that do the work of some queues. Each holds its own runtime, made after the fork."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from threading import Thread
from time import monotonic
from typing import Any, Protocol

import structlog
from celery import Celery, signals

from orchestration.worker.broker import LOOK, channel_of, make_app, send_look
from orchestration.worker.worker import Worker

_STOP_POLL_SECONDS = 0.2
_log = structlog.get_logger(__name__)


class Hand(Protocol):
    """What a process works with: a runtime that has been started."""

    @property
    def worker(self) -> Worker: ...

    def close(self) -> None: ...


class WorkerPool:
    """A parent that only hears messages, and children that work. `make_hand` is called in each child.

    A child works off a queue for `seconds` at a time, then hears the next message: so a long queue does not keep it
    from the others that it serves.
    """

    def __init__(
        self, url: str, *, queues: Sequence[str], processes: int, seconds: float, make_hand: Callable[[], Hand]
    ) -> None:
        self._app = make_app(url)
        self._queues = tuple(queues)
        self._processes = processes
        self._seconds = seconds
        self._make_hand = make_hand
        self._stopping = multiprocessing.get_context("fork").Event()
        self._hand: Hand | None = None

    def run(self) -> int:
        """Until SIGTERM or SIGINT, after which steps in hand come to their next pause; the exit status."""
        self._register(self._app)
        signals.worker_process_init.connect(self._begin_child, weak=False)
        signals.worker_process_shutdown.connect(self._end_child, weak=False)
        signals.worker_shutting_down.connect(self._ask_children_to_stop, weak=False)
        worker = self._app.Worker(
            queues=[channel_of(queue) for queue in self._queues],
            concurrency=self._processes,
            pool="prefork",
            optimization="fair",
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        for queue in self._queues:
            send_look(self._app, queue)
        worker.start()
        return int(worker.exitcode or 0)

    def _register(self, app: Celery) -> None:
        def look(queue: str) -> None:
            self._look(queue)

        app.task(name=LOOK)(look)
        app.finalize()

    def _look(self, queue: str) -> None:
        hand = self._hand
        if hand is None or self._stopping.is_set():
            return
        if hand.worker.has_more(queue):
            send_look(self._app, queue)  # one process wakes the next, until there is nothing for one more to do
        until = monotonic() + self._seconds
        while monotonic() < until and not self._stopping.is_set():
            if not hand.worker.take_turn(queue):
                return
        send_look(self._app, queue)

    def _begin_child(self, **_: Any) -> None:
        self._hand = self._make_hand()
        Thread(target=self._await_stop, name="worker-stop", daemon=True).start()
        _log.info("worker.ready", queues=self._queues)

    def _await_stop(self) -> None:
        while not self._stopping.wait(_STOP_POLL_SECONDS):
            pass
        if self._hand is not None:
            self._hand.worker.ask_to_stop()

    def _end_child(self, **_: Any) -> None:
        if self._hand is not None:
            self._hand.close()
            self._hand = None

    def _ask_children_to_stop(self, **_: Any) -> None:
        self._stopping.set()
