"""The process of a crawl, as its parent sees it."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from time import monotonic
from types import TracebackType
from typing import Self

import msgspec

from crawler.engine.messages import Job, Message
from crawler.engine.pace import Pace
from crawler.sites.logins import without

_READ = 1 << 20
_GRACE_SECONDS = 8.0
_TAIL = 2000
_OURS = ("CAIRN_", "AWS_", "POSTGRES_", "REDIS_", "QDRANT_", "S3_")


class CrawlChild:
    """Starts as the block begins and is gone when it ends. `read` gives what has come."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._decoder = msgspec.json.Decoder(Message)
        self._rest = b""
        self._stopping: float | None = None
        self.ended = False

    def __enter__(self) -> Self:
        self._errors = TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawler.engine.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            env=_environment(),
        )
        self._selector = selectors.DefaultSelector()
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        self._selector.register(self._output, selectors.EVENT_READ)
        with suppress(BrokenPipeError):  # it died at once: reading finds that out
            self._process.stdin.write(msgspec.json.encode(self._job) + b"\n")
            self._process.stdin.flush()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    def read(self, seconds: float) -> Iterator[Message]:
        """What comes within the time, at least what is there. `ended` is set once nothing can come any more."""
        if self._stopping is not None and monotonic() - self._stopping > _GRACE_SECONDS:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        if not self._selector.select(seconds):
            return
        try:
            data = os.read(self._output, _READ)
        except BlockingIOError:
            return
        if not data:
            self.ended = True
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield self._decoder.decode(line)

    def tell(self, pace: Pace) -> None:
        """How fast it may ask its host from now on."""
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        with suppress(BrokenPipeError):  # it is dead: reading finds that out
            self._process.stdin.write(msgspec.json.encode(pace) + b"\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """Asks it to end: what is under way comes to its end, and then nothing more begins."""
        if self._stopping is None:
            self._stopping = monotonic()
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _TAIL))
        return without(self._errors.read().decode("utf-8", "replace").strip(), self._job.headers.values())


def _environment() -> dict[str, str]:
    """What it opens is hostile, so it is told nothing that it has no use for: no key, no database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
