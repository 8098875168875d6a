"""What happened, as server-sent events: one caller's events, from where it left off, for as long as it stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header, Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from api.auth import Authenticator, bearer_token
from api.deps import AuthenticatorDep, Reader, RuntimeDep
from api.envelope import errors
from identity.types import Principal
from kit.errors import Unauthenticated
from kit.events.feed import Feed
from kit.events.types import Happened
from orchestration.runtime import Runtime

RESYNC = "resync"
"""Events were missed that are not kept any more: what is shown should be asked for anew."""

RETRY_MILLISECONDS = 2000
_CHECK_SECONDS = 1.0
"""How long a stream outlives its key at the most."""

LastEventId: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=32,
        description="The `id` of the last event that was seen: the stream goes on after it",
    ),
]

Show: TypeAlias = Callable[[Sequence[Happened]], Sequence[Happened]]
"""Those of a tenant's events that this caller may see and has asked for. May read the database."""


def stream_responses(example: str, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the `responses` of a stream say. FastAPI would announce errors in the media type of the stream."""
    envelope = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}}
    failures = {
        status: {"description": answer["description"], "content": envelope}
        for status, answer in errors(*statuses).items()
    }
    stream = {"text/event-stream": {"example": example}}
    return {200: {"description": "Events until either side ends it", "content": stream}, **failures}


def in_words(event: Happened) -> ServerSentEvent:
    return ServerSentEvent(data=dict(event.data), event=event.type, id=str(event.id))


def unnumbered(kind: str, data: Mapping[str, Any]) -> ServerSentEvent:
    """An event that is not repeated to who comes back, because it tells of a state and not of a change."""
    return ServerSentEvent(data=data, event=kind)


@dataclass(slots=True)
class Follower:
    """One caller's way through the feed. `cursor` is the id up to which everything was shown."""

    authenticator: Authenticator
    token: str
    runtime: Runtime
    principal: Principal
    last_event_id: str | None
    cursor: int = 0
    has_gap: bool = False

    @property
    def _feed(self) -> Feed:
        return self.runtime.feed

    def start(self) -> None:
        """Goes to where the stream is to go on. Before the answer begins: who has got its first bytes misses nothing.
        An id that is none of ours counts as one that is not kept any more."""
        given = self.last_event_id
        number = int(given) if given is not None and given.isascii() and given.isdigit() else -1
        if number >= 0 and self._feed.is_known(number):
            self.cursor = number
        else:
            self.cursor = self._feed.now()
            self.has_gap = given is not None

    def greeting(self) -> Iterator[ServerSentEvent]:
        """How a stream begins."""
        yield ServerSentEvent(comment="connected", retry=RETRY_MILLISECONDS)
        if self.has_gap:
            yield unnumbered(RESYNC, {})

    async def batches(self, show: Show, *, pause: float) -> AsyncGenerator[Sequence[Happened], None]:
        """What there is to show, at least every `pause` seconds, be it nothing. Ends when the server stops, when the
        key is not accepted any more, and with the connection."""
        changed = asyncio.Event()
        checked = monotonic()
        with self._watching(changed):
            while not self._feed.is_closed:
                changed.clear()
                yield await run_in_threadpool(self._next, show)
                if monotonic() - checked > _CHECK_SECONDS:
                    if not await run_in_threadpool(self._is_still_welcome):
                        return
                    checked = monotonic()
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), timeout=min(pause, _CHECK_SECONDS))

    def _next(self, show: Show) -> Sequence[Happened]:
        found, self.cursor = self._feed.after(self.cursor, self.principal.tenant_id)
        return show(found) if found else ()

    def _is_still_welcome(self) -> bool:
        try:
            return self.authenticator.authenticate(self.token) == self.principal
        except Unauthenticated:
            return False

    @contextmanager
    def _watching(self, changed: asyncio.Event) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(changed.set)

        token = self._feed.watch(wake)
        try:
            yield
        finally:
            self._feed.leave(token)


def _follower(
    request: Request,
    principal: Reader,
    runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
    last_event_id: LastEventId = None,
) -> Follower:
    token = bearer_token(Headers(scope=request.scope))
    follower = Follower(authenticator, token, runtime, principal, last_event_id)
    follower.start()
    return follower


FollowerDep: TypeAlias = Annotated[Follower, Depends(_follower)]
