"""One collection inside the engine process: its worker, whose turn it is, and what changed during a compaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kit.errors import Unavailable
from retrieval.stores.edge.answers import Answers
from retrieval.stores.edge.child import WorkerProcess
from retrieval.stores.edge.framing import PeerGoneError
from retrieval.stores.edge.layout import FIRST, CollectionLayout, sync_files
from retrieval.stores.edge.messages import Envelope, Flush, Measure, Measured, Refused, Reply
from retrieval.stores.edge.turnstile import Turnstile

log = logging.getLogger("cairn.engine")

_ATTEMPTS = 3


@dataclass(slots=True)
class Touched:
    """Files and datasets whose points changed since a shard was copied."""

    files: set[str] = field(default_factory=set)
    datasets: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.files) + len(self.datasets)


class Lane:
    """Safe from many threads. A worker that died is started again and asked again: every operation can be repeated."""

    def __init__(self, layout: CollectionLayout) -> None:
        self.layout = layout
        self.turns = Turnstile()
        self._written = False
        self._unflushed = False
        self._worker: WorkerProcess | None = None
        self._touched: Touched | None = None
        self._answers = Answers()
        for name in layout.remove_leftovers():
            log.warning("removed leftover %s of collection %s", name, layout.folder.name)

    def run(self, envelope: Envelope) -> Reply:
        if not envelope.writes:
            with self.turns.search():
                return self._answered(envelope.body)
        with self.turns.write():
            self._remember(envelope)
            try:
                reply = self.ask(envelope.body)
            finally:
                self._answers.forget()  # also after a failure, which may have written a part
        self._written = True
        if envelope.sync:
            self._sync_log()
        return reply

    def _answered(self, body: bytes) -> Reply:
        """In a turn of searching, so nothing is written between the answer and its keeping."""
        known = self._answers.get(body)
        if known is not None:
            return known
        reply = self.ask(body)
        self._answers.keep(body, reply)
        return reply

    def ask(self, body: bytes) -> Reply:
        """To be called inside a turn."""
        for _ in range(_ATTEMPTS):
            worker = self._running()
            try:
                return worker.call(body)
            except PeerGoneError:
                log.warning("worker %s of collection %s died", worker.pid, self.layout.folder.name)
                worker.kill()
                self._worker = None
        raise Unavailable(f"the vector engine died {_ATTEMPTS} times on one operation; engine.log says more")

    def start(self) -> None:
        with self.turns.maintenance():
            self._running()

    def measure(self) -> Measured:
        with self.turns.maintenance():
            reply = self.ask(msgspec.msgpack.encode(Measure()))
        return msgspec.msgpack.decode(body_of(reply), type=Measured)

    def rest(self) -> bool:
        """True if nothing was written since the last call; what was written before is then flushed.

        Files go to disk before the engine flushes, which then has little left to do while searches wait.
        """
        written, self._written = self._written, False
        self._unflushed = self._unflushed or written
        if written:
            return False
        if self._unflushed:
            self.layout.sync(self.layout.current() or FIRST)
            with self.turns.maintenance():
                body_of(self.ask(msgspec.msgpack.encode(Flush())))
            self._unflushed = False
        return True

    def start_tracking(self) -> None:
        """From here on `take_touched` tells what was written. To be called while writes are held."""
        self._touched = Touched()

    def stop_tracking(self) -> None:
        self._touched = None

    def take_touched(self) -> Touched:
        """What was touched since the last call. A write adds its files before it runs, inside its turn."""
        with self.turns.maintenance():
            touched, self._touched = self._touched or Touched(), Touched()
            return touched

    def swap(self, worker: WorkerProcess) -> WorkerProcess | None:
        """Makes the worker the collection's own and returns the one it replaces; CURRENT names it already."""
        with self.turns.maintenance():
            former, self._worker = self._worker, worker
            return former

    def close(self) -> None:
        with self.turns.maintenance():
            if self._worker is not None:
                self._worker.stop()
                self._worker = None

    def _running(self) -> WorkerProcess:
        if self._worker is None:
            self._worker = self._started()
        return self._worker

    def _started(self) -> WorkerProcess:
        generation = self.layout.current()
        worker = WorkerProcess(self.layout, generation or FIRST, create=generation is None)
        try:
            worker.wait_until_ready()
            if generation is None:
                self.layout.sync(FIRST)
                self.layout.point_at(FIRST)
        except BaseException:
            worker.kill()
            raise
        return worker

    def _remember(self, envelope: Envelope) -> None:
        if self._touched is not None:
            self._touched.files.update(envelope.files)
            self._touched.datasets.update(envelope.datasets)

    def _sync_log(self) -> None:
        """The write-ahead log is in the page cache when the worker answers, which outlives a kill; this makes it
        outlive a power failure. Done here, so that no search waits for the disk."""
        log_folder = self._folder() / "wal"
        sync_files([*log_folder.glob("*"), log_folder])

    def _folder(self) -> Path:
        return self.layout.folder / (self.layout.current() or FIRST)


def body_of(reply: Reply) -> bytes:
    """The answer's body; a refusal becomes Unavailable."""
    if isinstance(reply, Refused):
        raise Unavailable(reply.message)
    return reply.body
