"""What the web sockets of the command center have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

GOING_AWAY = 1001
"""The server stops; POLICY_VIOLATION of `api.auth` is for a key that is not accepted any more."""


async def either(*ways: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends; the others are ended with it."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
