"""How much of a host's ceiling this crawl may use just now, as its parent tells from time to time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import msgspec

_LOOK_SECONDS = 0.05
_READ = 4096


class Pace(msgspec.Struct, frozen=True):
    """For so many seconds the host may be asked at the ceiling divided by `parts`; where that is 0, not at all."""

    parts: int
    seconds: float


class CurrentPace:
    """Set by the thread that listens to the parent, read by the crawl. What has run out allows nothing: the parent may
    be cut off from the others, who then go on without this crawl."""

    def __init__(self, *, is_shared: bool) -> None:
        self._pace: tuple[int, float] = (0, 0.0) if is_shared else (1, float("inf"))

    def __deepcopy__(self, _memo: object) -> CurrentPace:
        """Scrapy copies its settings; it is told by one."""
        return self

    def set(self, pace: Pace) -> None:
        self._pace = pace.parts, time.monotonic() + pace.seconds

    @property
    def parts(self) -> int:
        parts, until = self._pace
        return parts if time.monotonic() < until else 0

    async def wait(self) -> int:
        """Until something is allowed."""
        while not (parts := self.parts):  # noqa: ASYNC110 - set by another thread, and time ends it without a word
            await asyncio.sleep(_LOOK_SECONDS)
        return parts


def lines_of(descriptor: int) -> Iterator[bytes]:
    """Read past Python's buffer, whose lock a thread that waits forever would keep from the end of the interpreter."""
    rest = b""
    while data := os.read(descriptor, _READ):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def follow(lines: Iterator[bytes], pace: CurrentPace) -> None:
    """Until the other end closes."""
    decoder = msgspec.json.Decoder(Pace)
    for line in lines:
        pace.set(decoder.decode(line))
