"""The server's handle on one zygote process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

import msgspec

from ingest.sandbox.errors import SandboxUnavailable
from ingest.sandbox.tasks import SandboxTask
from ingest.sandbox.zygote import READY, ZygoteConfig

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ", "TMPDIR", "SYSTEMROOT")


class ZygoteProcess:
    """Started on construction; SandboxUnavailable when it does not come up.

    The zygote gets none of the server's sockets, and of its environment only what a program needs to run: no
    credential is within reach of a file that takes over a parser.
    """

    def __init__(
        self, *, tasks: Mapping[str, str], preload: Sequence[str], prepare: Sequence[SandboxTask] = ()
    ) -> None:
        ours, theirs = socket.socketpair()
        prepared = [(task.function, task.payload) for task in prepare]
        config = msgspec.json.encode(ZygoteConfig(dict(tasks), list(preload), prepared)).decode()
        command = [sys.executable, "-P", "-m", "ingest.sandbox.zygote", str(theirs.fileno()), config]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
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

    def start_child(self, channel: socket.socket, report: socket.socket) -> None:
        """OSError when the zygote is gone. The caller closes its copies of both sockets."""
        with self._sending:
            socket.send_fds(self._control, [b"F"], [channel.fileno(), report.fileno()])

    def close(self) -> None:
        """Ends the zygote and with it every child."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
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
            self._control.close()
            self._process.kill()
            status = self._process.wait()
            raise SandboxUnavailable(f"the process that parses files did not start (exit status {status})")


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
    return {**kept, **threads, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
