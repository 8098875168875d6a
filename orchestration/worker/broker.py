"""The message queue between processes. A message says "look into this queue"; the rows say what there is to do."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Thread

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from kit.db.database import Database
from kit.jobs.queue import JobQueue

LOOK = "cairn.look"

_EXPIRES_SECONDS = 10
"""A message that nobody took by then says nothing any more: the reconciler sends new ones while there is work."""

_LEAST_GAP_SECONDS = 0.5
_log = structlog.get_logger(__name__)


def make_app(url: str) -> Celery:
    """Late acknowledgement and no prefetch: a message goes to a process that is free, and back when that one dies. It
    matters for speed only: losing all messages, or getting one twice, changes nothing in what is done."""
    app = Celery("cairn", broker=url, set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=3,
        broker_transport_options={"socket_timeout": 10, "socket_connect_timeout": 3, "retry_on_timeout": False},
        task_acks_late=True,
        task_ignore_result=True,
        task_reject_on_worker_lost=True,
        task_create_missing_queues=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_proc_alive_timeout=120.0,  # a process loads its engines first, which takes long on a busy machine
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
    )
    return app


def channel_of(queue: str) -> str:
    """The broker's name of a queue."""
    return f"cairn.{queue}"


def send_look(app: Celery, queue: str) -> None:
    """Raises kombu's OperationalError when the broker is away."""
    app.send_task(
        LOOK, args=[queue], queue=channel_of(queue), expires=_EXPIRES_SECONDS, retry=False, ignore_result=True
    )


class Nudger:
    """Sends messages on a thread of its own: whoever asks for one never waits for the broker, and does without it.

    Every `every` seconds it also looks for work that is due, whose messages were lost, or whose worker was: what the
    broker forgets costs no more than that. Any number of processes may do so.
    """

    def __init__(
        self, app: Celery, *, database: Database, jobs: JobQueue, queues: Sequence[str], every: float = 2.0
    ) -> None:
        self._app = app
        self._database = database
        self._jobs = jobs
        self._queues = tuple(queues)
        self._every = every
        self._asked = Event()
        self._stop = Event()
        self._thread: Thread | None = None
        self._is_away = False

    def start(self) -> None:
        self._thread = Thread(target=self._run, name="nudges", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """There may be work."""
        self._asked.set()

    def close(self) -> None:
        self._stop.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._app.close()

    def reconcile(self) -> list[str]:
        """Sends a message for each queue that has work due; their names."""
        with self._database.read() as session:
            busy = [queue for queue in self._queues if self._jobs.has_work(session, queue=queue)]
        for queue in busy:
            self._send(queue)
        return busy

    def _run(self) -> None:
        while not self._stop.is_set():
            self._asked.wait(self._every)
            self._asked.clear()
            if self._stop.is_set():
                return
            try:
                self.reconcile()
            except Exception:  # noqa: BLE001 - the database may be away for a while; the next look is soon
                _log.exception("worker.reconcile_failed")
            self._stop.wait(_LEAST_GAP_SECONDS)

    def _send(self, queue: str) -> None:
        try:
            send_look(self._app, queue)
        except (OperationalError, OSError) as error:
            if not self._is_away:
                _log.warning("broker.away", reason=str(error))
            self._is_away = True
        else:
            self._is_away = False
