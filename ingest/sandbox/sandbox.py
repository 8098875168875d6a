"""Runs tasks on hostile content in child processes that are bounded in memory, CPU and time."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from types import TracebackType
from typing import Self

from ingest.sandbox.endings import result_of
from ingest.sandbox.errors import OutOfTime, ResultTooLarge, SandboxUnavailable, TaskCancelled
from ingest.sandbox.frames import Request, encode, take_step
from ingest.sandbox.limits import Limits
from ingest.sandbox.tasks import PARSE_TASKS, PARSER_LIBRARIES, SandboxTask, Watch
from ingest.sandbox.zygote_process import ZygoteProcess

_CANCEL_POLL_SECONDS = 0.05
_KILL_SECONDS = 5
_PIECE = 256 * 1024


class _ZygoteDied(Exception):
    """The zygote, not the task: worth one more try."""


class Sandbox:
    """Thread-safe: each call of `run` has a child of its own. The zygote starts with the first call, and anew when it
    has died.

    `tasks` is the list of what may run, name to `package.module:function`; `preload` are modules imported beforehand;
    `prepare` are tasks that run once, before any file is there, so that each child starts with what they loaded.
    """

    def __init__(
        self,
        *,
        tasks: Mapping[str, str] = PARSE_TASKS,
        preload: Sequence[str] = PARSER_LIBRARIES,
        prepare: Sequence[SandboxTask] = (),
    ) -> None:
        self._tasks = dict(tasks)
        self._preload = tuple(preload)
        self._prepare = tuple(prepare)
        self._starting = Lock()
        self._zygote: ZygoteProcess | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the zygote now instead of with the first task."""
        self._running_zygote()

    def close(self) -> None:
        """Kills what is running; their callers get SandboxUnavailable."""
        with self._starting:
            self._is_closed = True
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    @property
    def zygote_pid(self) -> int | None:
        zygote = self._zygote
        return zygote.pid if zygote is not None else None

    def run(
        self,
        task: SandboxTask,
        *,
        limits: Limits,
        cancel: Callable[[], bool] | None = None,
        watch: Watch | None = None,
    ) -> bytes:
        """What the task's function returns.

        `cancel` is asked every 50 ms; `watch` is for functions that tell of their steps. Raises what the function
        raised if that is a CairnError (of the same family and code), SandboxTaskFailed for a task that ended in any
        other way, TaskCancelled, or SandboxUnavailable.
        """
        if task.function not in self._tasks:
            raise ValueError(f"{task.function!r} is not among the sandbox's tasks: {', '.join(self._tasks)}")
        for _ in range(2):
            zygote = self._running_zygote()
            try:
                return self._run_on(zygote, task, limits, cancel, watch)
            except _ZygoteDied:
                self._discard(zygote)
        raise SandboxUnavailable("the process that parses files died twice while the file was read; try again later")

    @staticmethod
    def _run_on(
        zygote: ZygoteProcess,
        task: SandboxTask,
        limits: Limits,
        cancel: Callable[[], bool] | None,
        watch: Watch | None,
    ) -> bytes:
        channel, childs_channel = socket.socketpair()
        report, childs_report = socket.socketpair()
        with channel, report:
            with childs_channel, childs_report:
                try:
                    zygote.start_child(childs_channel, childs_report)
                except OSError:
                    raise _ZygoteDied from None
            conversation = _Conversation(channel, report, limits=limits, cancel=cancel, watch=watch)
            return conversation.hold(_request(task, limits, is_watched=watch is not None))

    def _discard(self, zygote: ZygoteProcess) -> None:
        """Its sockets close a moment before it counts as dead: without this, the next task would go to it again."""
        with self._starting:
            if self._zygote is zygote:
                zygote.close()
                self._zygote = None

    def _running_zygote(self) -> ZygoteProcess:
        with self._starting:
            if self._is_closed:
                raise SandboxUnavailable("the process that parses files has been stopped")
            if self._zygote is not None and not self._zygote.is_alive:
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = ZygoteProcess(tasks=self._tasks, preload=self._preload, prepare=self._prepare)
            return self._zygote


def _request(task: SandboxTask, limits: Limits, *, is_watched: bool) -> bytes:
    request = Request(
        cpu_seconds=limits.cpu_seconds,
        steps=limits.steps,
        step_seconds=limits.step_seconds,
        is_watched=is_watched,
        memory_bytes=limits.memory_bytes,
        file_bytes=limits.file_bytes,
        function=task.function,
        payload=task.payload,
    )
    return encode(request)


class _Conversation:
    """One request sent, its answer and the report of the child's end received; hung up on when it takes too long."""

    def __init__(
        self,
        channel: socket.socket,
        report: socket.socket,
        *,
        limits: Limits,
        cancel: Callable[[], bool] | None,
        watch: Watch | None,
    ) -> None:
        self._channel = channel
        self._report = report
        self._limits = limits
        self._cancel = cancel
        self._watch = watch
        self._steps_left = limits.steps
        self._deadline = time.monotonic() + limits.seconds
        self._answer = bytearray()
        channel.setblocking(False)

    def hold(self, request: bytes) -> bytes:
        self._send(request)
        while self._wait(self._channel, select.POLLIN):
            piece = self._received()
            if not piece:
                break
            self._answer += piece
            self._follow()
            if len(self._answer) > self._limits.result_bytes:
                self._hang_up()
                raise ResultTooLarge(f"the text of the file takes more than {self._limits.result_bytes} bytes")
        self._wait(self._report, select.POLLIN)
        return self._ending()

    def _send(self, request: bytes) -> None:
        rest = memoryview(request)
        while rest:
            self._wait(self._channel, select.POLLOUT)
            try:
                rest = rest[self._channel.send(rest) :]
            except BlockingIOError:
                continue
            except OSError:
                return  # the child is gone: its end is reported like any other

    def _follow(self) -> None:
        """A step that is over gives the task time for the next."""
        while self._watch is not None and (step := take_step(self._answer)) is not None:
            if self._steps_left > 0:
                self._steps_left -= 1
                self._deadline += self._limits.step_seconds
            self._watch(step.done, step.total)

    def _received(self) -> bytes:
        try:
            return self._channel.recv(_PIECE)
        except ConnectionError:
            return b""

    def _wait(self, socket_: socket.socket, event: int) -> bool:
        """Until the socket is ready. OutOfTime and TaskCancelled after hanging up."""
        poll = select.poll()
        poll.register(socket_, event)
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                self._hang_up()
                raise OutOfTime(self._limits.seconds, step_seconds=self._limits.step_seconds)
            if self._cancel is not None and self._cancel():
                self._hang_up()
                raise TaskCancelled("reading the file was cancelled")
            step = left if self._cancel is None else min(left, _CANCEL_POLL_SECONDS)
            if poll.poll(max(step * 1000, 1)):
                return True

    def _hang_up(self) -> None:
        """Has the zygote kill the child, and waits until that is done: afterwards nothing of it runs any more."""
        try:
            self._report.shutdown(socket.SHUT_WR)
            self._report.settimeout(_KILL_SECONDS)
            self._report.recv(4096)
        except OSError:
            return

    def _ending(self) -> bytes:
        report = self._report.recv(4096)
        if not report:
            raise _ZygoteDied
        return result_of(report, bytes(self._answer), self._limits)
