"""An agent that gives up a call costs nothing more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from mcp import Client

from api.mcp.desk import Desk
from tests.api.callers import Callers
from tests.api.mcp.agent import Agent

ENDLESS = {f"dataset {number}": f"name {number}" for number in range(1_000_000)}
PATIENCE = 30.0


def test_a_call_that_is_cancelled_looks_into_no_further_dataset(
    served: str, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    begun = Event()

    def look(_desk: Desk, dataset_id: str, words: str, *, limit: int) -> list[Any]:
        looked.append(dataset_id)
        begun.set()
        return []

    monkeypatch.setattr(Desk, "chosen_to_search", lambda *_: ENDLESS)
    monkeypatch.setattr(Desk, "occurrences", look)

    async def give_up(client: Client) -> None:
        call = asyncio.create_task(client.call_tool("find_text", {"text": "lantern"}))
        assert await asyncio.to_thread(begun.wait, PATIENCE)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call

    Agent(served, callers.admin).with_client(give_up)
    deadline, before = monotonic() + PATIENCE, -1
    while len(looked) > before:  # as long as it goes on looking, which it would do for minutes
        assert monotonic() < deadline, f"it went on to {len(looked)} datasets"
        before = len(looked)
        sleep(1)
    assert 1 <= len(looked) < len(ENDLESS)
