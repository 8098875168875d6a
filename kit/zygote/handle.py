"""The parent's handle on one zygote process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import msgspec

from kit.zygote.process import READY, ZygoteConfig

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_END_SECONDS = 5
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ", "TMPDIR", "SYSTEMROOT")


class ZygoteDidNotStart(Exception):
    """With its exit status."""


class ZygoteProcess:
    """Started on construction; ZygoteDidNotStart when it does not come up.

    The zygote gets none of its parent's sockets, and of the environment only what a program needs to run and what
    `environment` adds: no credential is within reach of content that takes over a child.
    """

    def __init__(self, config: ZygoteConfig, *, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        told = msgspec.json.encode(config).decode()
        command = [sys.executable, "-P", "-m", "kit.zygote.process", str(theirs.fileno()), told]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**environment, **_environment()},
                start_new_session=True,
            )
        self._control = ours
        self._sending = Lock()
        self._await_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def start_child(self, channel: socket.socket, report: socket.socket, *others: int) -> None:
        """OSError when the zygote is gone. The caller closes its copies of all descriptors."""
        with self._sending:
            socket.send_fds(self._control, [b"F"], [channel.fileno(), report.fileno(), *others])

    def close(self) -> None:
        """Ends the zygote and with it every child."""
        self._control.close()
        try:
            self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await_ready(self) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            ready = self._control.recv(1)
        except OSError:
            ready = b""
        self._control.settimeout(None)
        if ready != READY:
            self.close()
            raise ZygoteDidNotStart(f"exit status {self._process.returncode}")


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
    return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
