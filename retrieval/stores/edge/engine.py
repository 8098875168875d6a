"""All collections of one vectors folder, and the thread that compacts them when it is due."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import msgspec

from kit.errors import CairnError, Conflict, NotFound
from retrieval.stores.edge.compaction import Compaction, CompactionPolicy
from retrieval.stores.edge.lane import Lane
from retrieval.stores.edge.layout import CollectionLayout
from retrieval.stores.edge.messages import (
    PROTOCOL,
    Compact,
    Describe,
    Done,
    Ensure,
    Envelope,
    Hello,
    ListCollections,
    Refused,
    Reply,
    Request,
)
from retrieval.stores.encoders import encoder_of

log = logging.getLogger("cairn.engine")

_LOOK_SECONDS = 5.0


class Engine:
    """Answers requests of many threads."""

    def __init__(self, vectors: Path, *, policy: CompactionPolicy) -> None:
        self._vectors = vectors
        self._policy = policy
        self._lanes: dict[str, Lane] = {}
        self._opening = threading.Lock()
        self._compacting = threading.Lock()
        self._closing = threading.Event()
        threading.Thread(target=self._watch, name="compaction", daemon=True).start()

    def answer(self, request: Request) -> Reply:
        try:
            return self._handled(request)
        except CairnError as error:
            return Refused(error.code, error.message)
        except OSError as error:
            log.exception("request failed")
            return Refused("UNAVAILABLE", f"the vector engine cannot work in {self._vectors}: {error}")

    def close(self) -> None:
        self._closing.set()
        with self._opening:
            for lane in self._lanes.values():
                lane.close()

    def _handled(self, request: Request) -> Reply:
        match request:
            case Hello(protocol):
                return _greeting(protocol)
            case Envelope():
                return self._lane(request.collection).run(request)
            case Ensure():
                self._ensure(request)
            case Describe(collection):
                return Done(msgspec.msgpack.encode(self._lane(collection).layout.spec()))
            case ListCollections():
                names = sorted(path.parent.name for path in self._vectors.glob("*/spec.json"))
                return Done(msgspec.msgpack.encode(names))
            case Compact(collection):
                self._compact(self._lane(collection))
        return Done()

    def _ensure(self, wanted: Ensure) -> None:
        with self._opening:
            layout = CollectionLayout.named(self._vectors, wanted.name)
            if not layout.exists():
                encoder_of(analysis=wanted.analysis, average_length=wanted.average_length, language=wanted.language)
                layout.create(wanted)
            present = layout.spec()
        if present.vector_size != wanted.vector_size:
            raise Conflict(
                f"collection {wanted.name!r} holds vectors of size {present.vector_size}, not {wanted.vector_size}; "
                "use another collection for another model"
            )
        self._lane(wanted.name).start()

    def _lane(self, name: str) -> Lane:
        with self._opening:
            if name not in self._lanes:
                layout = CollectionLayout.named(self._vectors, name)
                if not layout.exists():
                    raise NotFound(f"there is no collection {name!r}; ensure it first")
                self._lanes[name] = Lane(layout)
            return self._lanes[name]

    def _compact(self, lane: Lane) -> None:
        with self._compacting:
            Compaction(lane=lane, policy=self._policy).run()

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            for lane in list(self._lanes.values()):
                self._maintain(lane)

    def _maintain(self, lane: Lane) -> None:
        """Flushes what is no longer written to; compacts what is, once that is due. Never in the middle of a copy."""
        try:
            with self._compacting:
                if lane.rest():
                    return
                if self._policy.is_due(lane.measure()):
                    Compaction(lane=lane, policy=self._policy).run()
        except (CairnError, OSError):
            log.exception("maintenance of %s failed; the collection serves on as it was", lane.layout.folder.name)


def _greeting(protocol: int) -> Reply:
    if protocol == PROTOCOL:
        return Done()
    return Refused(
        "UNAVAILABLE",
        f"a vector engine of another Cairn version is running (protocol {PROTOCOL}, asked for {protocol}); "
        "stop the other Cairn processes that use this home",
    )
