"""One zygote, started when a child is wanted, and anew when it has died or has ended for lack of work."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

from kit.zygote.handle import ZygoteProcess
from kit.zygote.process import ZygoteConfig

_KILL_SECONDS = 5


class KeeperIsClosed(Exception):
    """No child is started any more."""


class ZygoteKeeper:
    """Thread-safe."""

    def __init__(self, config: ZygoteConfig, *, environment: Mapping[str, str]) -> None:
        self._config = config
        self._environment = dict(environment)
        self._starting = Lock()
        self._zygote: ZygoteProcess | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        zygote = self._zygote
        return zygote.pid if zygote is not None else None

    def running(self) -> ZygoteProcess:
        """Raises ZygoteDidNotStart or KeeperIsClosed."""
        with self._starting:
            if self._is_closed:
                raise KeeperIsClosed
            if self._zygote is not None and not self._zygote.is_alive:
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = ZygoteProcess(self._config, environment=self._environment)
            return self._zygote

    def discard(self, zygote: ZygoteProcess) -> None:
        """Its sockets close a moment before it counts as dead: without this, the next child would be asked of it."""
        with self._starting:
            if self._zygote is zygote:
                zygote.close()
                self._zygote = None

    def close(self) -> None:
        """Kills what is running."""
        with self._starting:
            self._is_closed = True
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None


def start_child(zygote: ZygoteProcess, *others: int) -> tuple[socket.socket, socket.socket]:
    """A new child's channel and report, which the caller closes; closing the report kills the child. `others` are
    descriptors that the child gets too. OSError when the zygote is gone."""
    channel, childs_channel = socket.socketpair()
    report, childs_report = socket.socketpair()
    with childs_channel, childs_report:
        try:
            zygote.start_child(childs_channel, childs_report, *others)
        except OSError:
            channel.close()
            report.close()
            raise
    return channel, report


def hang_up(report: socket.socket) -> None:
    """Has the zygote kill the child, and waits until that is done: afterwards nothing of it runs any more."""
    with suppress(OSError):
        report.shutdown(socket.SHUT_WR)
        report.settimeout(_KILL_SECONDS)
        report.recv(4096)
