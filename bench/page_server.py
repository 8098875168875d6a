"""A web server for measurements and tests: answers from memory, over connections that stay open, in a thread."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event, Thread
from typing import Self


@dataclass(frozen=True, slots=True)
class Answer:
    """`delay` in seconds, before it is sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0


class PageServer:
    """Answers GET; an ETag that the visitor has already is a 304. `asked` counts the paths, `whole` the bodies sent."""

    def __init__(self, answer: Callable[[str], Answer], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._answer = answer
        self._host, self._port = host, port
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.asked: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()

    @property
    def origin(self) -> str:
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self._host, self._port))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.01))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(await self._reply(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _reply(self, head: str) -> bytes:
        first, *lines = head.split("\r\n")
        target = first.split(" ")[1]
        given = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value}
        self.asked[target] += 1
        answer = self._answer(target)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        etag = answer.headers.get("ETag")
        if etag is not None and given.get("if-none-match") == etag:
            return _written(304, {"ETag": etag}, b"")
        self.whole[target] += 1
        return _written(answer.status, answer.headers, answer.body)


def _written(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    length = {} if status == 304 else {"Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in {**headers, **length}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *lines, "", ""]).encode("latin-1") + body
