"""`cairn worker` and `cairn beat`: the processes of an installation that outgrew one."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import HomeOption
from kit.errors import ConfigurationError
from kit.logging import configure_logging
from kit.priority import step_back
from kit.settings import Settings, load_settings
from orchestration.nudging import QUEUES, broker_url

if TYPE_CHECKING:
    from orchestration.runtime import Runtime


@dataclass(frozen=True, slots=True)
class _HandMaker:
    """Called in each child, after the fork: connections, models and threads do not survive one."""

    settings: Settings
    queues: tuple[str, ...]

    def __call__(self) -> Runtime:
        # Local: the parent process must not hold what it is about to fork away from.
        from orchestration.runtime import build_runtime  # noqa: PLC0415

        if self.queues and "chat" not in self.queues:
            step_back(self.settings.worker_niceness)
        runtime = build_runtime(self.settings)
        runtime.start(queues=self.queues)
        return runtime


def worker(
    queues: Annotated[str, typer.Option(help="Queues to serve, with commas between")] = ",".join(QUEUES),
    processes: Annotated[int, typer.Option(min=1, max=256, help="Processes that work at the same time")] = 1,
    home: HomeOption = None,
) -> None:
    """Work off queues in processes of their own. Needs CAIRN_QUEUE_URL; start as many as there is work for.

    A process that serves `embed` holds the embedding model, one that serves `parse` the parsers.
    """
    settings = load_settings(home=home)
    configure_logging(settings.log_level, settings.log_format)
    wanted = _known(queues)
    url = broker_url(settings)
    # Local: Celery is for those who run workers.
    from orchestration.worker.processes import WorkerPool  # noqa: PLC0415

    pool = WorkerPool(
        url,
        queues=wanted,
        processes=processes,
        seconds=settings.worker_seconds,
        make_hand=_HandMaker(settings, wanted),
    )
    sys.exit(pool.run())


def beat(home: HomeOption = None) -> None:
    """See that nothing waits for a lost message or a lost worker. Needs CAIRN_QUEUE_URL; one is enough, more do no
    harm."""
    settings = load_settings(home=home)
    configure_logging(settings.log_level, settings.log_format)
    broker_url(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runtime = _HandMaker(settings, ())()
    try:
        runtime.doctor.ask_for_tidying()
        while not stop.wait(1.0):
            pass
    finally:
        runtime.close()


def _known(queues: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(name.strip() for name in queues.split(",") if name.strip()))
    unknown = [name for name in wanted if name not in QUEUES]
    if unknown or not wanted:
        raise ConfigurationError(f"--queues {queues!r}: choose among {', '.join(QUEUES)}")
    return wanted
