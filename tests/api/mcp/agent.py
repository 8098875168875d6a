"""An agent: the official client, a call at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.api.callers import Caller

T = TypeVar("T")


@dataclass
class Answered:
    text: str
    is_error: bool

    def ids(self, name: str) -> list[str]:
        """What stands after `chunk_id` or `file_id`, in order."""
        return re.findall(rf"{name} ([\w-]+)", self.text)


@dataclass
class Agent:
    address: str
    caller: Caller
    progress: list[str] = field(default_factory=list)

    def with_client(self, use: Callable[[Client], Awaitable[T]], headers: dict[str, str] | None = None) -> T:
        async def run() -> T:
            sent = self.caller.headers if headers is None else headers
            async with (
                httpx2.AsyncClient(headers=sent, timeout=30) as http,
                Client(streamable_http_client(f"{self.address}/mcp", http_client=http)) as client,
            ):
                return await use(client)

        return asyncio.run(run())

    def call(self, tool: str, **arguments: Any) -> Answered:
        async def note(progress: float, total: float | None, message: str | None) -> None:
            self.progress.append(message or "")

        async def use(client: Client) -> Answered:
            result = await client.call_tool(tool, arguments, progress_callback=note)
            texts = [block.text for block in result.content if block.type == "text"]
            return Answered("\n".join(texts), bool(result.is_error))

        return self.with_client(use)
