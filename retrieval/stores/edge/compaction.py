"""Removing dead points and building the graph, on a copy, while the original serves.

Copy the shard while nothing is written, optimise the copy in a process of its own, bring over what was written
meanwhile file by file, and switch. The copy is what a kill at that moment would leave, log included, so opening it
replays the log and no search has to wait for a flush. Until CURRENT names the copy the original holds everything:
being killed anywhere loses nothing, and what is left behind is removed at the next start.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kit.errors import Unavailable
from retrieval.stores.edge.child import WorkerProcess
from retrieval.stores.edge.lane import Lane, Touched, body_of
from retrieval.stores.edge.messages import (
    Delete,
    Deleted,
    Export,
    Exported,
    Flush,
    Import,
    Measured,
    Operation,
    Selection,
)
from retrieval.stores.edge.optimising import Optimising
from retrieval.stores.payload import Field

log = logging.getLogger("cairn.engine")

_PAGE = 64
_ROUNDS = 8
_FEW = 4
_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CompactionPolicy:
    """When a shard is worth compacting, and how. Below `plain_limit` points every search scans, exactly (11 ms at
    100,000). `quantized`: a graph is walked by copies of the vectors with a byte a dimension; what it finds is scored
    by the vectors themselves."""

    plain_limit: int = 200_000
    quantized: bool = True
    dead_share: float = 0.3
    dead_least: int = 5_000

    def way(self, measured: Measured) -> Optimising:
        if measured.points <= self.plain_limit:
            return Optimising.VACUUM
        return Optimising.QUANTIZED_GRAPH if self.quantized else Optimising.GRAPH

    def is_due(self, measured: Measured) -> bool:
        dead = measured.dead >= self.dead_least and measured.dead > self.dead_share * (measured.points + measured.dead)
        return dead or measured.points - measured.graphed > self.plain_limit


class Compaction:
    """One run over one collection."""

    def __init__(self, *, lane: Lane, policy: CompactionPolicy) -> None:
        self._lane = lane
        self._policy = policy

    def run(self) -> None:
        started = time.monotonic()
        way = self._policy.way(self._lane.measure())
        generation = self._lane.layout.next_generation()
        folder = self._lane.layout.folder / generation
        try:
            with self._lane.turns.writes_held():
                self._copy(folder)
                self._lane.start_tracking()
            former = self._switched(generation, way)
        except BaseException:
            if self._lane.layout.current() != generation:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._lane.stop_tracking()
        if former is not None:
            former.stop()
            shutil.rmtree(self._lane.layout.folder / former.generation, ignore_errors=True)
        log.info("compacted %s in %.1f s", self._lane.layout.folder.name, time.monotonic() - started)

    def _copy(self, target: Path) -> None:
        current = self._lane.layout.current()
        if current is None:
            raise FileNotFoundError(f"collection {self._lane.layout.folder.name} has no shard yet")
        source = self._lane.layout.folder / current
        _check_space(source)
        shutil.copytree(source, target, copy_function=_copy_sparse)

    def _switched(self, generation: str, way: Optimising) -> WorkerProcess | None:
        worker = WorkerProcess(self._lane.layout, generation, optimise=way)
        try:
            worker.wait_until_ready()
            for _ in range(_ROUNDS):
                touched = self._lane.take_touched()
                self._bring(worker, touched)
                if len(touched) <= _FEW:
                    break
            self._lane.layout.sync(generation)  # nearly all of it now, so that writes wait for the rest only
            with self._lane.turns.writes_held():
                self._bring(worker, self._lane.take_touched())
                body_of(worker.call(_encoded(Flush())))
                self._lane.layout.sync(generation)
                self._point_at(generation)
                return self._lane.swap(worker)
        except BaseException:
            worker.kill()
            raise

    def _point_at(self, generation: str) -> None:
        """An error after the rename changes nothing: whatever CURRENT names is what must serve."""
        try:
            self._lane.layout.point_at(generation)
        except OSError:
            if self._lane.layout.current() != generation:
                raise
            log.exception("CURRENT of %s may not be on disk yet", self._lane.layout.folder.name)

    def _bring(self, worker: WorkerProcess, touched: Touched) -> None:
        selections = [
            *(Selection(Field.DATASET, dataset) for dataset in sorted(touched.datasets)),
            *(Selection(Field.FILE, file) for file in sorted(touched.files)),
        ]
        for selection in selections:
            _remove(worker, selection)
            for page in self._pages(selection):
                body_of(worker.call(_encoded(Import(page.points))))

    def _pages(self, selection: Selection) -> Iterator[Exported]:
        """A file written between two pages is touched again, so the next round brings it whole."""
        offset: str | None = None
        while True:
            with self._lane.turns.maintenance():
                reply = self._lane.ask(_encoded(Export(selection, offset, _PAGE)))
            page = msgspec.msgpack.decode(body_of(reply), type=Exported)
            yield page
            offset = page.offset
            if offset is None:
                return


def _check_space(source: Path) -> None:
    """Optimising writes the shard once more beside the copy."""
    needed = 2 * sum(path.stat().st_blocks * 512 for path in source.rglob("*"))
    free = shutil.disk_usage(source).free
    if free < needed:
        raise Unavailable(
            f"compacting {source} needs {needed >> 20} MiB, {free >> 20} MiB are free; make room on the disk"
        )


def _remove(worker: WorkerProcess, selection: Selection) -> None:
    more = True
    while more:
        reply = worker.call(_encoded(Delete(selection, _PAGE)))
        more = msgspec.msgpack.decode(body_of(reply), type=Deleted).more


def _encoded(operation: Operation) -> bytes:
    return msgspec.msgpack.encode(operation)


def _copy_sparse(source: str, target: str) -> str:
    """An empty shard is 160 MB of holes: blocks of zeros are skipped, not written."""
    with Path(source).open("rb") as reading, Path(target).open("wb") as writing:
        while block := reading.read(_BLOCK):
            if block.count(0) == len(block):
                writing.seek(len(block), 1)
            else:
                writing.write(block)
        writing.truncate()
    return target
