"""A client of several servers: it goes to one after the other, as a load balancer does, and counts what it is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

import httpx

PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` and `seconds` by the monotonic clock, for the try that was answered."""

    kind: str
    status: int
    at: float
    seconds: float


@dataclass
class Balancer:
    """May be used by several threads. Each request has a connection of its own, so that a server which ends between two
    requests is seen by the refusal of the next connection and by nothing else.

    Who is refused a connection goes to the next server. A connection that was taken and then broken off without an
    answer is a request lost, and stands in `lost`.
    """

    urls: Sequence[str]
    key: str
    answers: list[Answer] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    refused: int = 0
    _numbers: count[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=PATIENCE_SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        self._http.close()

    def send(self, kind: str, method: str, path: str, **content: Any) -> httpx.Response | None:
        """The answer, whatever its status; None where the request was lost. Raises httpx.ConnectError where no server
        takes a connection for long."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            url = self.urls[next(self._numbers) % len(self.urls)]
            began = time.monotonic()
            try:
                answer = self._http.request(method, f"{url}/dashboard/v1/knowledge-base{path}", **content)
            except httpx.ConnectError:
                if time.monotonic() > ends:
                    raise
                with self._lock:
                    self.refused += 1
                time.sleep(_PAUSE_SECONDS)  # where the other one is just as busy being started
            except httpx.TransportError as error:
                with self._lock:
                    self.lost.append(f"{kind}: {type(error).__name__}: {error}")
                return None
            else:
                with self._lock:
                    self.answers.append(Answer(kind, answer.status_code, began, time.monotonic() - began))
                return answer

    def statuses(self) -> Counter[tuple[str, int]]:
        with self._lock:
            return Counter((answer.kind, answer.status) for answer in self.answers)

    def seconds(self, kind: str, *, since: float, until: float) -> Sequence[float]:
        """Of the answers to requests that were sent in this time, those that took shortest first."""
        with self._lock:
            return sorted(one.seconds for one in self.answers if one.kind == kind and since <= one.at < until)
