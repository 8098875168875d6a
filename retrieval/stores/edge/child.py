"""A worker process seen from the engine process: start it, ask it, end it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec

import retrieval
from kit.errors import Unavailable
from retrieval.stores.edge.framing import PeerGoneError, receive_frame, send_frame
from retrieval.stores.edge.layout import CollectionLayout
from retrieval.stores.edge.messages import Done, Reply
from retrieval.stores.edge.optimising import Optimising

_STOP_SECONDS = 30.0


class WorkerProcess:
    """Not thread-safe: one call at a time. Dies with this process, whatever it is doing."""

    def __init__(
        self, layout: CollectionLayout, generation: str, *, create: bool = False, optimise: Optimising | None = None
    ) -> None:
        self.generation = generation
        self._folder = layout.folder / generation
        self._connection, theirs = socket.socketpair()
        end, self._lifeline = os.pipe()
        self._decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
        command = [
            *(sys.executable, "-m", "retrieval.stores.edge.worker"),
            *("--collection", str(layout.folder), "--generation", generation),
            *("--socket", str(theirs.fileno()), "--lifeline", str(end)),
            *(["--create"] if create else []),
            *(["--optimise", optimise] if optimise else []),
        ]
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own module, no shell, arguments are ours
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno(), end], env=module_environment()
            )
        finally:
            theirs.close()
            os.close(end)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Returns when the shard is open and, where asked for, optimised; Unavailable with the reason if it fails."""
        try:
            reply = self._decoder.decode(receive_frame(self._connection))
        except PeerGoneError as error:
            status = self._process.wait(_STOP_SECONDS)
            raise Unavailable(_why_it_ended(status, self._folder)) from error
        if not isinstance(reply, Done):
            raise Unavailable(
                f"the vector engine cannot open {self._folder}: {reply.message}; "
                "put the folder back from a backup, or move the collection away and index anew"
            )

    def call(self, body: bytes) -> Reply:
        """PeerGoneError if the worker died."""
        send_frame(self._connection, body)
        return self._decoder.decode(receive_frame(self._connection))

    def stop(self) -> None:
        """Lets it flush and close, then sees to it that it is gone."""
        self._connection.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._cut()

    def kill(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()
        self._cut()

    def _cut(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1


def _why_it_ended(status: int, folder: Path) -> str:
    """The engine writes through mapped memory, which the system answers with SIGBUS where the disk has no room."""
    if status == -signal.SIGBUS:
        return "the disk has no room for the vector engine to work in; make room, and it goes on by itself"
    return f"the vector engine's worker ended with status {status} while opening {folder}; engine.log says why"


def module_environment() -> dict[str, str]:
    """The present environment, with the folder that this package was imported from first in the import path."""
    root = str(Path(retrieval.__path__[0]).parent)
    inherited = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root])}
