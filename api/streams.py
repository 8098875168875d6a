"""What happened, as server-sent events: one caller's events, from where it left off, for as long as it stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeAlias, TypeVar

from fastapi import Depends, Header, Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from api.auth import bearer_token
from api.deps import Reader
from api.doorkeeper import Doorkeeper, Guest
from api.envelope import errors
from identity.types import Principal
from kit.events.feed import Feed
from kit.events.types import Happened
from orchestration.runtime import Runtime

RESYNC = "resync"
"""Events were missed that are not kept any more: what is shown should be asked for anew."""

RETRY_MILLISECONDS = 2000

LastEventId: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=32,
        description="The `id` of the last event that was seen: the stream goes on after it",
    ),
]

About: TypeAlias = Callable[[Happened], bool]
"""Whether the caller has asked for an event. Reads nothing: it is called on the event loop."""

Show: TypeAlias = Callable[[Runtime, Principal, Sequence[Happened]], Sequence[Happened]]
"""Those of the events that a caller may see. May read the database. The caller is told without what tells it from
others of the same rights, who share the answer."""

_Seen = TypeVar("_Seen")


class Looks:
    """What several ask at the same time is looked up once. Belongs to an event loop."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def share(self, question: Hashable, look: Callable[[], _Seen]) -> _Seen:
        """What `look` returns or raises, on a thread; the look of whoever has asked the same and waits for it."""
        task = self._under_way.get(question)
        if task is None:
            task = asyncio.create_task(run_in_threadpool(look))
            self._under_way[question] = task
            task.add_done_callback(lambda _: self._under_way.pop(question))
        seen: _Seen = await asyncio.shield(task)  # who leaves takes it from nobody
        return seen


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

    doorkeeper: Doorkeeper
    looks: Looks
    token: str
    runtime: Runtime
    principal: Principal
    last_event_id: str | None
    cursor: int = 0
    has_gap: bool = False

    @classmethod
    def of(cls, app: Any, token: str, principal: Principal, last_event_id: str | None) -> Follower:
        state = app.state
        return cls(state.doorkeeper, state.looks, token, state.runtime, principal, last_event_id)

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

    async def batches(
        self, about: About, show: Show | None = None, *, pause: float
    ) -> AsyncGenerator[Sequence[Happened], None]:
        """What there is to show, at least every `pause` seconds, be it nothing. Ends when the server stops, when the
        key is not accepted any more, and with the connection. Without `show` all that it is `about` may be seen. Who
        has the same rights as others is shown what they are, at the same time."""
        changed = asyncio.Event()
        anybody = self.principal.as_anybody()
        with self._watching(changed) as guest:
            while guest.is_welcome and not self._feed.is_closed:
                changed.clear()
                found: Sequence[Happened] = [event for event in await self._next() if about(event)]
                if found and show is not None:
                    alike = (show, anybody, tuple(event.id for event in found))
                    found = await self.looks.share(alike, partial(show, self.runtime, anybody, found))
                yield found
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), timeout=pause)

    async def _next(self) -> Sequence[Happened]:
        """Mostly nothing, of which a thread need not be told."""
        tenant_id = self.principal.tenant_id
        known = self._feed.recent(self.cursor, tenant_id)
        if known is None:
            known = await run_in_threadpool(self._feed.after, self.cursor, tenant_id)
        found, self.cursor = known
        return found

    @contextmanager
    def _watching(self, changed: asyncio.Event) -> Iterator[Guest]:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(changed.set)

        token = self._feed.watch(self.principal.tenant_id, wake)
        try:
            with self.doorkeeper.watching(self.token, self.principal, changed.set) as guest:
                yield guest
        finally:
            self._feed.leave(token)


def _follower(
    request: Request,
    principal: Reader,
    last_event_id: LastEventId = None,
) -> Follower:
    token = bearer_token(Headers(scope=request.scope))
    follower = Follower.of(request.app, token, principal, last_event_id)
    follower.start()
    return follower


FollowerDep: TypeAlias = Annotated[Follower, Depends(_follower)]
