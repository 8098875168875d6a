"""What is on disk whenever a collection changes to another shard: all of it, since the former one is then removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from retrieval.stores.edge.compaction import Compaction, CompactionPolicy
from retrieval.stores.edge.lane import Lane, body_of
from retrieval.stores.edge.layout import FIRST, CollectionLayout
from retrieval.stores.edge.messages import Ensure, Envelope, Upsert, WirePoint
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.payload import payload_of
from tests.contracts.vector_store.library import SIZE, Library


@pytest.fixture
def layout(tmp_path: Path) -> CollectionLayout:
    made = CollectionLayout.named(tmp_path, "c")
    made.create(Ensure("c", SIZE, 8.0, "english"))
    return made


@pytest.fixture
def lane(layout: CollectionLayout) -> Iterator[Lane]:
    made = Lane(layout)
    yield made
    made.close()


@pytest.fixture
def synced(layout: CollectionLayout, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[Path]]:
    """What this process has brought to disk, by the shard that was in use at the time."""
    by_shard: dict[str, set[Path]] = {}
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        by_shard.setdefault(layout.current() or "none", set()).add(path)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    return by_shard


def everything_in(folder: Path) -> set[Path]:
    return {folder, *folder.rglob("*")}


class TestOnDisk:
    def test_the_first_shard_is_before_it_is_used(
        self, lane: Lane, layout: CollectionLayout, synced: dict[str, set[Path]]
    ) -> None:
        lane.start()
        assert synced["none"] >= everything_in(layout.folder / FIRST)

    def test_a_compacted_shard_is_before_it_takes_the_place_of_the_former(
        self, lane: Lane, layout: CollectionLayout, synced: dict[str, set[Path]]
    ) -> None:
        points = Library(EdgeStore(layout.folder), "c").points("a", [f"text {i}" for i in range(20)])
        wire = [WirePoint(point.id, point.vector.tobytes(), [], [], payload_of(point)) for point in points]
        body_of(lane.run(Envelope("c", msgspec.msgpack.encode(Upsert(wire)), writes=True)))
        Compaction(lane=lane, policy=CompactionPolicy()).run()
        assert synced[FIRST] >= everything_in(layout.folder / "gen-000002")
