"""A client of the engine process: finds it, starts it if it is not there, asks again if it died."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from pathlib import Path

import msgspec

from kit.errors import CairnError, Conflict, Invalid, NotFound, Unavailable
from retrieval.stores.edge.address import published
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.framing import PeerGoneError, receive_frame, send_frame
from retrieval.stores.edge.launch import last_words, launch
from retrieval.stores.edge.messages import Hello, Refused, Reply, Request

_ATTEMPTS = 4
_REFUSALS: tuple[type[CairnError], ...] = (Invalid, NotFound, Conflict, Unavailable)


class EngineClient:
    """Safe from several threads: each call has a connection to itself, taken from those that are free."""

    def __init__(
        self, vectors: Path, *, policy: CompactionPolicy, linger: float, start_seconds: float, answer_seconds: float
    ) -> None:
        self._vectors = vectors
        self._policy = policy
        self._linger = linger
        self._start_seconds = start_seconds
        self._answer_seconds = answer_seconds
        self._replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
        self._idle: list[socket.socket] = []
        self._guard = threading.Lock()
        self._launching = threading.Lock()
        self._owner = os.getpid()
        self._closed = False

    def call(self, request: Request, *, patient: bool = False) -> bytes:
        """The answer's body. A dead engine is started again and asked again; `patient` waits without limit."""
        frame = msgspec.msgpack.encode(request)
        for _ in range(_ATTEMPTS):
            connection = self._borrow()
            try:
                reply = self._exchange(connection, frame, None if patient else self._answer_seconds)
            except PeerGoneError:
                connection.close()
                self._drop_idle()  # they were the same engine's: each would cost an attempt
                continue
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)
            return _body(reply)
        raise Unavailable(f"the vector engine died {_ATTEMPTS} times on one request: {last_words(self._vectors)}")

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    def _exchange(self, connection: socket.socket, frame: bytes, seconds: float | None) -> Reply:
        connection.settimeout(seconds)
        try:
            send_frame(connection, frame)
            answer = receive_frame(connection)
        except TimeoutError as error:
            raise Unavailable(f"the vector engine did not answer within {seconds} s; it may be overloaded") from error
        return self._replies.decode(answer)

    def _borrow(self) -> socket.socket:
        if self._closed:
            raise Unavailable("the vector store is closed")
        if self._owner != os.getpid():  # after a fork these are the parent's connections
            self._owner = os.getpid()
            self._drop_idle()
        with self._guard:
            if self._idle:
                return self._idle.pop()
        return self._connected()

    def _give_back(self, connection: socket.socket) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _drop_idle(self) -> None:
        with self._guard:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _connected(self) -> socket.socket:
        connection = self._attempt()
        if connection is not None:
            return connection
        self._drop_idle()
        with self._launching:
            connection = self._attempt()
            return connection if connection is not None else self._launched()

    def _launched(self) -> socket.socket:
        deadline = time.monotonic() + self._start_seconds
        relaunch = 0.0
        while time.monotonic() < deadline:
            if time.monotonic() > relaunch:
                launch(self._vectors, policy=self._policy, linger=self._linger)
                relaunch = time.monotonic() + self._start_seconds / 3
            connection = self._attempt()
            if connection is not None:
                return connection
            time.sleep(0.01)
        raise Unavailable(
            f"the vector engine did not start within {self._start_seconds:g} s in {self._vectors}; "
            f"its log ends with: {last_words(self._vectors)}"
        )

    def _attempt(self) -> socket.socket | None:
        address = published(self._vectors)
        if address is None:
            return None
        connection = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError, PeerGoneError):
            connection.connect(address.socket)
            return self._greeted(connection)
        connection.close()
        return None

    def _greeted(self, connection: socket.socket) -> socket.socket:
        try:
            _body(self._exchange(connection, msgspec.msgpack.encode(Hello()), self._start_seconds))
        except CairnError:
            connection.close()
            raise
        return connection


def _body(reply: Reply) -> bytes:
    if not isinstance(reply, Refused):
        return reply.body
    kinds = {kind.code: kind for kind in _REFUSALS}
    raise kinds.get(reply.reason, Unavailable)(reply.message)
