"""Whether the children of a killed server end by themselves."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from retrieval.stores.edge.address import published

GRACE = 10.0
"""Seconds. The engine waits two for another client, a parser's child is looked after every second."""


@dataclass(slots=True)
class Bereaved:
    """Remembers the descendants of every server that ran on the home, with the moment when it was killed.

    The vector engine outlives a server on purpose, and the next server takes it over: while servers run, the present
    engine and its workers are nobody's orphans. Once the last server has ended, they have to go as well.
    """

    vectors: Path
    _since: dict[psutil.Process, float] = field(default_factory=dict)

    def add(self, family: Iterable[psutil.Process]) -> None:
        """To be called as the server is killed."""
        now = time.monotonic()
        for process in family:
            self._since.setdefault(process, now)

    def overdue(self) -> Iterator[str]:
        """A sentence for each that runs on for longer than GRACE while another server is there."""
        adopted = self.engine()
        now = time.monotonic()
        for process, since in self._living().items():
            if now - since > GRACE and process not in adopted:
                yield _described(process)

    def left(self) -> Iterator[str]:
        """A sentence for each that still runs GRACE after the last server; waits that long at most."""
        _, alive = psutil.wait_procs(list({*self._living(), *self.engine()}), timeout=GRACE)
        yield from (_described(process) for process in alive if _is_alive(process))

    def engine(self) -> set[psutil.Process]:
        """The present engine with its workers, whoever started it."""
        address = published(self.vectors)
        try:
            engine = psutil.Process(address.pid) if address else None
            return {engine, *engine.children(recursive=True)} if engine else set()
        except psutil.NoSuchProcess:
            return set()

    def _living(self) -> dict[psutil.Process, float]:
        self._since = {process: since for process, since in self._since.items() if _is_alive(process)}
        return self._since


def _is_alive(process: psutil.Process) -> bool:
    """Something that has ended and whom nobody has asked for its exit status is not alive."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _described(process: psutil.Process) -> str:
    try:
        command = " ".join(process.cmdline())[:120]
    except psutil.NoSuchProcess:
        command = "has ended just now"
    return f"process {process.pid} outlives its server: {command}"
