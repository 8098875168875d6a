"""`python -m ingest.sandbox.zygote FD CONFIG`: a small process with the parser libraries loaded that forks a child per
task, so that a task costs a fork instead of an interpreter's start.

Protocol on the control socket FD: one byte with two file descriptors asks for a child. The first is the task's channel
and goes to the child; on the second the zygote reports {pid, status, max_rss} when the child has ended. Closing or
shutting down the other end of the second kills the child's process group. End of file on FD ends everything.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

import msgspec

from ingest.sandbox.child import leave_with_parent, run_child
from ingest.sandbox.tasks import load_task

READY = b"R"


class ZygoteConfig(msgspec.Struct, frozen=True):
    """`prepare` are tasks with payloads that the zygote runs before it is ready: what they load, children have."""

    tasks: dict[str, str]
    preload: list[str]
    prepare: list[tuple[str, bytes]] = []


class Ended(msgspec.Struct, frozen=True):
    """`status` as os.wait gives it; `max_rss` in bytes."""

    pid: int
    status: int
    max_rss: int


class Zygote:
    """Single-threaded, since only then a fork is safe."""

    def __init__(self, control: socket.socket, tasks: Mapping[str, str]) -> None:
        self._control = control
        self._tasks = tasks
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
        return os.getppid() == self._parent

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 2)
        if not message:
            return False
        channel, report = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        pid = os.fork()
        if pid == 0:
            self._become_child(channel, report)
        os.setpgid(pid, pid)
        channel.close()
        self._reports[pid] = report
        self._selector.register(report, selectors.EVENT_READ, pid)
        return True

    def _become_child(self, channel: socket.socket, report: socket.socket) -> NoReturn:
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
        run_child(channel, self._tasks)

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


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def main(arguments: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group: the server decides
    control = socket.socket(fileno=int(arguments[0]))
    config = msgspec.json.decode(arguments[1], type=ZygoteConfig)
    for module in config.preload:
        import_module(module)
    for name in config.tasks:
        load_task(config.tasks, name)
    for name, payload in config.prepare:
        load_task(config.tasks, name)(payload)
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, every inherited page in each child
    Zygote(control, config.tasks).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
