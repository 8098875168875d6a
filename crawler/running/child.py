"""The process of a crawl, as its parent sees it."""

from __future__ import annotations

import os
import select
import socket
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
from kit.errors import CairnError
from kit.zygote.handle import ZygoteDidNotStart
from kit.zygote.keeper import KeeperIsClosed, ZygoteKeeper, hang_up, start_child
from kit.zygote.process import ZygoteConfig

_READ = 1 << 20
_GRACE_SECONDS = 8.0
_TAIL = 2000
_IDLE_SECONDS = 900.0
_OURS = ("CAIRN_", "AWS_", "POSTGRES_", "REDIS_", "QDRANT_", "S3_")


class CrawlProcessFailed(CairnError):
    """The process of a crawl ended before the crawl did, or did not start."""

    code = "CRAWL_PROCESS_FAILED"


def crawl_zygote() -> ZygoteKeeper:
    """Of which crawls are forked. It starts with the first, and ends when there has been none for a while."""
    config = ZygoteConfig("crawler.engine.process:make_ready", idle_seconds=_IDLE_SECONDS)
    return ZygoteKeeper(config, environment=_environment())


class CrawlChild:
    """Starts as the block begins and is gone when it ends. `read` gives what has come."""

    def __init__(self, job: Job, zygotes: ZygoteKeeper) -> None:
        self._job = job
        self._zygotes = zygotes
        self._decoder = msgspec.json.Decoder(Message)
        self._rest = b""
        self._stopping: float | None = None
        self.ended = False

    def __enter__(self) -> Self:
        self._errors = TemporaryFile()
        self._channel, self._report = self._started()
        with suppress(OSError):  # it died at once: reading finds that out
            self._channel.sendall(msgspec.json.encode(self._job) + b"\n")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        hang_up(self._report)
        for one in (self._report, self._channel, self._errors):
            one.close()

    def _started(self) -> tuple[socket.socket, socket.socket]:
        for _ in range(2):
            try:
                zygote = self._zygotes.running()
            except ZygoteDidNotStart as error:
                raise CrawlProcessFailed(f"the process that starts crawls did not start ({error})") from None
            except KeeperIsClosed:
                raise CrawlProcessFailed("crawls are not started any more: the program is ending") from None
            try:
                return start_child(zygote, self._errors.fileno())
            except OSError:
                self._zygotes.discard(zygote)
        raise CrawlProcessFailed("the process that starts crawls died twice; the crawl is tried again later")

    def read(self, seconds: float) -> Iterator[Message]:
        """What comes within the time, at least what is there. `ended` is set once nothing can come any more."""
        if self._stopping is not None and monotonic() - self._stopping > _GRACE_SECONDS:
            hang_up(self._report)
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        if not poll.poll(seconds * 1000):
            return
        try:
            data = self._channel.recv(_READ, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except ConnectionError:  # it died, and had not heard all
            data = b""
        if not data:
            self.ended = True
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield self._decoder.decode(line)

    def tell(self, pace: Pace) -> None:
        """How fast it may ask its host from now on."""
        if self._stopping is None:
            with suppress(OSError):  # it is dead: reading finds that out
                self._channel.sendall(msgspec.json.encode(pace) + b"\n")

    def stop(self) -> None:
        """Asks it to end: what is under way comes to its end, and then nothing more begins."""
        if self._stopping is None:
            self._stopping = monotonic()
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_WR)

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _TAIL))
        return without(self._errors.read().decode("utf-8", "replace").strip(), self._job.headers.values())


def _environment() -> dict[str, str]:
    """What it opens is hostile, so it is told nothing that it has no use for: no key, no database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
