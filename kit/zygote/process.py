"""`python -m kit.zygote.process FD CONFIG`: a small process with libraries loaded that forks a child per piece of work,
so that it costs a fork instead of an interpreter's start.

Protocol on the control socket FD: one byte with two or more file descriptors asks for a child. The first is the child's
channel; on the second the zygote reports {pid, status, max_rss} when the child has ended; the others go to the child
with the channel. Closing or shutting down the other end of the second kills the child's process group. End of file on
FD ends everything.
"""

from __future__ import annotations

import ctypes
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn, TypeAlias

import msgspec

READY = b"R"
_PR_SET_PDEATHSIG = 1
_MOST_DESCRIPTORS = 4

Life: TypeAlias = Callable[[socket.socket, Sequence[int]], NoReturn]
"""What a forked child does with its channel and the other descriptors, to its end."""


class ZygoteConfig(msgspec.Struct, frozen=True):
    """`entry` reads `package.module:function`; that function takes `argument`, loads whatever children are to have, and
    returns their Life. After `idle_seconds` without a child the zygote ends; None: it stays."""

    entry: str
    argument: bytes = b""
    idle_seconds: float | None = None


class Ended(msgspec.Struct, frozen=True):
    """`status` as os.wait gives it; `max_rss` in bytes."""

    pid: int
    status: int
    max_rss: int


class Zygote:
    """Single-threaded, since only then a fork is safe."""

    def __init__(self, control: socket.socket, life: Life, *, idle_seconds: float | None) -> None:
        self._control = control
        self._life = life
        self._idle_seconds = idle_seconds
        self._busy_at = time.monotonic()
        self._reports: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._parent = os.getppid()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self) -> None:
        """Until the server closes its end or is gone."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ, 0)
        self._selector.register(self._wake_read, selectors.EVENT_READ, 0)
        try:
            self._control.sendall(READY)
        except BrokenPipeError:
            return  # the server was interrupted while this started
        try:
            while self._step():
                pass
        finally:
            for pid in self._reports:
                _kill_group(pid)

    def _step(self) -> bool:
        for key, _ in self._selector.select(timeout=1.0):
            if key.fileobj is self._control:
                if not self._accept():
                    return False
            elif key.fileobj == self._wake_read:
                self._reap()
            elif key.data in self._reports:  # the parent has hung up on this task
                self._selector.unregister(key.fileobj)
                _kill_group(key.data)
        return os.getppid() == self._parent and not self._has_idled()

    def _has_idled(self) -> bool:
        now = time.monotonic()
        if self._reports:
            self._busy_at = now
        return self._idle_seconds is not None and now - self._busy_at > self._idle_seconds

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, _MOST_DESCRIPTORS)
        if not message:
            return False
        channel, report = (socket.socket(fileno=descriptor) for descriptor in descriptors[:2])
        pid = os.fork()
        if pid == 0:
            self._become_child(channel, report, descriptors[2:])
        os.setpgid(pid, pid)
        channel.close()
        for descriptor in descriptors[2:]:
            os.close(descriptor)
        self._reports[pid] = report
        self._selector.register(report, selectors.EVENT_READ, pid)
        return True

    def _become_child(self, channel: socket.socket, report: socket.socket, others: Sequence[int]) -> NoReturn:
        os.setpgid(0, 0)
        leave_with_parent()
        if os.getppid() == 1:
            os._exit(2)  # the zygote died between the fork and the line above
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for other in (self._control, report, *self._reports.values()):
            other.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        self._life(channel, others)

    def _reap(self) -> None:
        while True:
            try:
                os.read(self._wake_read, 4096)
            except BlockingIOError:
                break
        while self._reports:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            report = self._reports.pop(pid, None)
            if report is not None:
                _kill_group(pid)  # what the child itself may have started
                self._send_report(report, Ended(pid, status, usage.ru_maxrss * 1024))

    def _send_report(self, report: socket.socket, ended: Ended) -> None:
        if report.fileno() in self._selector.get_map():
            self._selector.unregister(report)
        with report:
            try:
                report.sendall(msgspec.msgpack.encode(ended))
            except OSError:
                return  # nobody is waiting for it


def leave_with_parent() -> None:
    """The kernel kills this process when the zygote ends. Linux only; elsewhere the process group is killed."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (AttributeError, OSError):
        return


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def main(arguments: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group: the server decides
    control = socket.socket(fileno=int(arguments[0]))
    config = msgspec.json.decode(arguments[1], type=ZygoteConfig)
    module, _, function = config.entry.partition(":")
    life: Life = getattr(import_module(module), function)(config.argument)
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, every inherited page in each child
    Zygote(control, life, idle_seconds=config.idle_seconds).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
