"""Listeners by server-sent events and by web sockets, thousands in one process."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

import h11
from websockets.asyncio.client import ClientConnection, connect

from tests.faults.towns import TaskEvent, TownTask

_TOGETHER = 40
"""That connect at the same time."""
_PATIENCE_SECONDS = 120.0
_SMALL = 4096
"""Bytes that the kernel may keep for who does not read."""


class Way(Enum):
    EVENTS = "server-sent events"
    SOCKET = "a web socket"


@dataclass(frozen=True, slots=True)
class Heard:
    """`at` in seconds since the epoch."""

    number: int
    at: float


@dataclass(slots=True)
class Listener:
    """`tasks` are those whose events are for it. `task_id` is the one that a web socket follows."""

    url: str
    way: Way
    token: str
    tenant_id: str
    tasks: Sequence[TownTask]
    task_id: str | None
    heard: list[Heard] = field(default_factory=list)

    def is_for(self, event: TaskEvent) -> bool:
        return any(event.task_id == task.id for task in self.tasks)

    def told(self) -> str:
        return f"a listener by {self.way.value} of tenant {self.tenant_id}"

    async def connect(self, *, reads: bool) -> Connection:
        """Once the server has said that nothing more is missed."""
        kind = Events if self.way is Way.EVENTS else Socket
        connection = kind(self)
        await connection.begin(reads=reads)
        return connection


class Connection:
    """Reads until it is closed."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._reading: asyncio.Task[None] | None = None

    async def begin(self, *, reads: bool) -> None:
        await self._open(small=not reads)
        if reads:
            self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    async def _open(self, *, small: bool) -> None:
        raise NotImplementedError

    async def _read(self) -> None:
        raise NotImplementedError

    def _hear(self, number: int) -> None:
        self._listener.heard.append(Heard(number, time.time()))


class Events(Connection):
    """The HTTP is h11's, of whose answers only the lines with an event's number matter here."""

    async def _open(self, *, small: bool) -> None:
        host = urlsplit(self._listener.url).netloc
        self._socket = _connected(self._listener.url, small=small)
        self._http = h11.Connection(h11.CLIENT)
        headers = [("Host", host), ("Authorization", f"Bearer {self._listener.token}")]
        request = h11.Request(method="GET", target="/dashboard/v1/events/stream", headers=headers)
        loop = asyncio.get_running_loop()
        asked = (self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b"")
        await loop.sock_sendall(self._socket, asked)
        self._lines = b""
        while b"connected" not in self._lines:
            await self._receive()

    async def _read(self) -> None:
        while True:
            *lines, self._lines = self._lines.split(b"\n")
            for line in lines:
                if line.startswith(b"id:"):
                    self._hear(int(line[3:]))
            await self._receive()

    async def _receive(self) -> None:
        event = self._http.next_event()
        if event is h11.NEED_DATA:
            data = await asyncio.get_running_loop().sock_recv(self._socket, 1 << 16)
            self._http.receive_data(data)
        elif isinstance(event, h11.Response):
            assert event.status_code == 200, event
        elif isinstance(event, h11.Data):
            self._lines += bytes(event.data)
        else:
            raise ConnectionError(f"the stream ended: {event!r}")

    async def close(self) -> None:
        await super().close()
        self._socket.close()


class Socket(Connection):
    _socket: ClientConnection

    async def _open(self, *, small: bool) -> None:
        listener = self._listener
        url = f"{listener.url.replace('http', 'ws', 1)}/api/v1/ws/events/{listener.task_id}?token={listener.token}"
        self._socket = await connect(
            url,
            sock=_connected(listener.url, small=small),
            compression=None,
            ping_interval=None,
            max_queue=1,
            open_timeout=_PATIENCE_SECONDS,
        )
        frame = json.loads(await self._socket.recv())
        assert frame["event"] == "connected", frame

    async def _read(self) -> None:
        async for frame in self._socket:
            self._hear(json.loads(frame)["id"])

    async def close(self) -> None:
        await super().close()
        self._socket.transport.abort()


def _connected(url: str, *, small: bool) -> socket.socket:
    made = socket.socket()
    if small:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
    address = urlsplit(url)
    made.connect((address.hostname, address.port))
    made.setblocking(False)
    return made


@asynccontextmanager
async def listen(listeners: Sequence[Listener], *, reads: bool = True) -> AsyncIterator[None]:
    """All of them, connected."""
    async with AsyncExitStack() as stack:
        for start in range(0, len(listeners), _TOGETHER):
            some = listeners[start : start + _TOGETHER]
            for connection in await asyncio.gather(*(one.connect(reads=reads) for one in some)):
                stack.push_async_callback(connection.close)
        yield
