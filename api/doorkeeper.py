"""Whether those who listen may go on listening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool

from identity.types import Principal

_CHECK_SECONDS = 1.0
"""How long a stream outlives its key at the most."""

_log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class Guest:
    """Who listens, by whose key. `wake` is called when it is not welcome any more."""

    token: str
    principal: Principal
    wake: Callable[[], None]
    is_welcome: bool = True


class Doorkeeper:
    """Asks for the keys of all who listen at once: one by one, a thousand listeners would keep the process busy with
    that alone. Belongs to an event loop."""

    def __init__(self, holders: Callable[[Collection[str]], Mapping[str, Principal]]) -> None:
        self._holders = holders
        self._guests: set[Guest] = set()
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, token: str, principal: Principal, wake: Callable[[], None]) -> Iterator[Guest]:
        """For as long as the caller listens."""
        guest = Guest(token, principal, wake)
        self._guests.add(guest)
        loop = asyncio.get_running_loop()
        if self._looking is None or self._looking.done() or self._looking.get_loop() is not loop:
            self._looking = loop.create_task(self._look())
        try:
            yield guest
        finally:
            self._guests.discard(guest)

    async def _look(self) -> None:
        while self._guests:
            await asyncio.sleep(_CHECK_SECONDS)
            guests = list(self._guests)
            try:
                holders = await run_in_threadpool(self._holders, {guest.token for guest in guests})
            except Exception:  # noqa: BLE001 - the database may be away for a while, and then there is nothing to hear
                _log.exception("events.keys_not_checked")
                continue
            for guest in guests:
                if holders.get(guest.token) != guest.principal:
                    guest.is_welcome = False
                    guest.wake()
