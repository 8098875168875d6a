"""Accepting clients: one thread each, reading a request, answering it, until the client goes."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from pathlib import Path

import msgspec

from retrieval.stores.edge.engine import Engine
from retrieval.stores.edge.framing import PeerGoneError, receive_frame, send_frame
from retrieval.stores.edge.messages import Refused, Reply, Request

log = logging.getLogger("cairn.engine")

_TICK = 0.2


class Listener:
    """Ends `linger` seconds after the last client has gone."""

    def __init__(self, address: Path, *, engine: Engine, linger: float) -> None:
        self._address = address
        self._engine = engine
        self._linger = linger
        self._stopping = False
        self._clients = 0
        self._counting = threading.Lock()
        self._left = time.monotonic()
        address.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(address))
        address.chmod(0o600)
        self._socket.listen(64)

    def run(self) -> None:
        while not self._done():
            if select.select([self._socket], [], [], _TICK)[0]:
                client, _ = self._socket.accept()
                self._count(1)
                threading.Thread(target=self._serve, args=[client], daemon=True).start()
        self._address.unlink(missing_ok=True)
        self._socket.close()

    def stop(self) -> None:
        self._stopping = True

    def _done(self) -> bool:
        with self._counting:
            return self._stopping or (not self._clients and time.monotonic() - self._left > self._linger)

    def _serve(self, client: socket.socket) -> None:
        decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
        try:
            with client:
                while True:
                    frame = receive_frame(client)
                    send_frame(client, msgspec.msgpack.encode(self._answer(decoder, frame)))
        except PeerGoneError:
            pass
        finally:
            self._count(-1)

    def _answer(self, decoder: msgspec.msgpack.Decoder[Request], frame: bytes) -> Reply:
        try:
            return self._engine.answer(decoder.decode(frame))
        except msgspec.DecodeError as error:
            return Refused("VALIDATION_ERROR", f"not a request: {error}")

    def _count(self, change: int) -> None:
        with self._counting:
            self._clients += change
            self._left = time.monotonic()
