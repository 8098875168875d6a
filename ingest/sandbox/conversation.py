"""What a caller and a child in the sandbox say to each other, from the request to the report of the child's end."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator

import msgspec

from ingest.sandbox.endings import death_of, result_of
from ingest.sandbox.errors import OutOfTime, ResultTooLarge, SandboxTaskFailed, TaskCancelled, TaskCrashed
from ingest.sandbox.frames import Answer, take_answer, take_step
from ingest.sandbox.limits import Limits
from ingest.sandbox.tasks import Watch
from kit.zygote.keeper import hang_up

_CANCEL_POLL_SECONDS = 0.05
_PIECE = 256 * 1024


class ZygoteDied(Exception):
    """The zygote, not the task: worth one more try."""


class Conversation:
    """One request sent, its answers and the report of the child's end received; hung up on when it takes too long."""

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
        """The one result. Raises as Sandbox.run does."""
        answer = next(self.answers(request, 1), None)
        if answer is None:
            raise self.death()
        self._wait(self._report, select.POLLIN)
        return result_of(answer, self._limits)

    def answers(self, request: bytes, count: int) -> Iterator[Answer]:
        """Each as it comes, with the limit on time to itself. Fewer where the child ends before."""
        self._send(request)
        for _ in range(count):
            answer = self._next_answer()
            if answer is None:
                return
            yield answer
            self._deadline = time.monotonic() + self._limits.seconds

    def death(self) -> SandboxTaskFailed:
        """Of a child that has sent less than it owed."""
        self._wait(self._report, select.POLLIN)
        report = self._report.recv(4096)
        if not report:
            raise ZygoteDied
        return death_of(report, self._limits)

    def _next_answer(self) -> Answer | None:
        try:
            while (answer := take_answer(self._answer)) is None:
                if not self._has_more():
                    return None
        except (ValueError, msgspec.MsgspecError):
            hang_up(self._report)
            raise TaskCrashed from None
        return answer

    def _has_more(self) -> bool:
        self._wait(self._channel, select.POLLIN)
        piece = self._received()
        self._answer += piece
        self._follow()
        if len(self._answer) > self._limits.result_bytes:
            hang_up(self._report)
            raise ResultTooLarge(f"the text of the file takes more than {self._limits.result_bytes} bytes")
        return bool(piece)

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
                hang_up(self._report)
                raise OutOfTime(self._limits)
            if self._cancel is not None and self._cancel():
                hang_up(self._report)
                raise TaskCancelled("reading the file was cancelled")
            step = left if self._cancel is None else min(left, _CANCEL_POLL_SECONDS)
            if poll.poll(max(step * 1000, 1)):
                return True
