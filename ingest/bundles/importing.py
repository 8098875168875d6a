"""From a bundle to a dataset of somebody's own: all of it or nothing, and not embedded where the model is here.

Until the last moment the dataset is a deleted one, which nobody sees, with a job that is going to remove it. The import
moves that job's time on as it proceeds, and calls it off in the transaction that makes the dataset visible. Whatever
ends an import earlier, be it kill -9, ends in the removal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.bundles import format as bundle
from ingest.bundles.reading import Bundle, BundleLimits
from ingest.bundles.rows import chunk_row, dataset_row, file_row, generation_row, overlay_row, question_rows
from ingest.datasets import repository as datasets
from ingest.datasets.errors import DatasetNameTaken
from ingest.datasets.events import DATASET_CREATED, tell_dataset
from ingest.datasets.jobs import REMOVE, remove_job
from ingest.datasets.models import Dataset
from ingest.datasets.service import ModelBinding
from ingest.files import repository
from ingest.files.builds import Builds
from ingest.files.jobs import embed_job
from ingest.files.likeness import keep_gists
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.ports import DatasetGate
from ingest.files.types import FileStatus, GenerationState
from ingest.pipeline.points import passage_of, points_of
from ingest.storage.protocol import FileStore, StagedBlob, blocks_key, original_key
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import Conflict, Forbidden
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import JobState
from retrieval.embedding.models import Models
from retrieval.stores.protocol import CollectionSpec, VectorStore
from retrieval.types import Vector

GRACE = timedelta(minutes=10)
"""How long an import may say nothing before what there is of it is removed. One file's slice takes seconds."""

SAMPLES = 3
"""Passages that are embedded to see whether the bundle's vectors are the model's."""

ALIKE = 0.98
"""Cosine above which they are. Runtimes of one model differ by less than .01, models by far more."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """`embedding`: files whose vectors are being made, since the bundle's are of a model that is not here; `building`:
    those that were not indexed where they came from."""

    dataset_id: str
    name: str
    model: str
    files: int
    chunks: int
    vectors: int
    embedding: int
    building: int


@dataclass(slots=True)
class _Counts:
    files: int = 0
    chunks: int = 0
    vectors: int = 0
    embedding: int = 0
    building: int = 0


@dataclass(frozen=True, slots=True)
class _Target:
    """The dataset that comes into being. `has_vectors`: the bundle's are of its model. `guard`: the removal's job."""

    dataset: Dataset
    has_vectors: bool
    guard: str


class ImportOvertaken(Conflict):
    """It stood still for so long that what there was of it is being removed."""

    def __init__(self) -> None:
        super().__init__("the import stood still for too long, and what there was of it is removed; import again")


@dataclass(frozen=True, slots=True)
class BundleReader:
    """`models` are the bindings of the installation, that of new datasets first."""

    database: Database
    queue: JobQueue
    gate: DatasetGate
    builds: Builds
    store: VectorStore
    files: FileStore
    embedders: Models
    models: Mapping[str, ModelBinding]
    clock: Clock
    limits: BundleLimits

    def take(self, principal: Principal, path: Path, *, name: str | None = None) -> ImportReceipt:
        """BundleRefused, DatasetNameTaken, or Forbidden for a key that is narrowed to datasets."""
        if principal.dataset_ids is not None:
            raise Forbidden(f"key {principal.name!r} is for certain datasets only and cannot make others")
        with Bundle.opened(path, self.limits) as found:
            found.verify()
            wanted = (name or found.manifest.dataset.name).strip()[:200]
            return self._take(principal, found, wanted)

    def _take(self, principal: Principal, found: Bundle, name: str) -> ImportReceipt:
        binding, has_vectors = self._binding(found)
        self.store.ensure(CollectionSpec(binding.collection, binding.vector_size))
        target = self._begin(principal, found, name, binding, has_vectors=has_vectors)
        counts = _Counts()
        ids: dict[str, str] = {}
        try:
            for number in found.numbers():
                facts = found.file(number)
                ids[facts.id] = self._take_file(target, found, number, facts, counts)
            self._finish(principal, target, found, name, ids)
        except ImportOvertaken:  # what was written a moment ago came after the removal
            self.store.delete_dataset(binding.collection, target.dataset.id)
            raise
        except BaseException:
            self._give_up(target)
            raise
        _log.info("bundle.imported", dataset_id=target.dataset.id, files=counts.files, chunks=counts.chunks)
        return ImportReceipt(
            dataset_id=target.dataset.id,
            name=name,
            model=binding.name,
            files=counts.files,
            chunks=counts.chunks,
            vectors=counts.vectors,
            embedding=counts.embedding,
            building=counts.building,
        )

    def _binding(self, found: Bundle) -> tuple[ModelBinding, bool]:
        """The bundle's model where it is here, by name, size, and what it makes of some passages."""
        facts = found.manifest.model
        same = self.models.get(facts.name)
        if same is not None and same.vector_size == facts.vector_size and self._is_alike(found, facts.name):
            return same, True
        return next(iter(self.models.values())), False

    def _is_alike(self, found: Bundle, model: str) -> bool:
        """True where there is nothing to compare."""
        embedder = self.embedders.of(model)
        for number in found.numbers():
            if not found.has(number, "chunks"):
                continue
            for chunks, vectors in found.chunks(number):
                pairs = [(one, there) for one, there in zip(chunks, vectors, strict=True) if there][:SAMPLES]
                if not pairs:
                    continue
                made = embedder.embed_passages([passage_of(_as_chunk(one)) for one, _ in pairs])
                return all(float(new[0] @ there[0]) > ALIKE for new, (_, there) in zip(made, pairs, strict=True))
        return True

    def _begin(
        self, principal: Principal, found: Bundle, name: str, binding: ModelBinding, *, has_vectors: bool
    ) -> _Target:
        now = self.clock.now()
        with self.database.write() as session:
            self._check_name(session, principal, name)
            row = dataset_row(found.manifest.dataset, binding, tenant_id=principal.tenant_id, name=name, now=now)
            session.add(row)
            session.flush()
            job = remove_job(tenant_id=row.tenant_id, dataset_id=row.id, run_after=now + GRACE)
            guard = self.queue.enqueue(session, job)
            return _Target(row, has_vectors, guard)

    @staticmethod
    def _check_name(session: Session, principal: Principal, name: str) -> None:
        if datasets.name_is_taken(session, tenant_id=principal.tenant_id, name=name):
            raise DatasetNameTaken(name)

    @contextmanager
    def _step(self, target: _Target) -> Iterator[Session]:
        """A transaction of the import, which has the removal wait longer. ImportOvertaken when it did not wait."""
        with self.database.write() as session:
            waits = (
                update(Job)
                .where(Job.id == target.guard, Job.state == JobState.QUEUED)
                .values(run_after=self.clock.now() + GRACE)
                .execution_options(synchronize_session=False)
            )
            if session.execute(waits).rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
                raise ImportOvertaken
            yield session

    def _give_up(self, target: _Target) -> None:
        """The removal need not wait."""
        with self.database.write() as session:
            at_once = update(Job).where(Job.id == target.guard, Job.state == JobState.QUEUED)
            session.execute(at_once.values(run_after=self.clock.now()))

    def _take_file(self, target: _Target, found: Bundle, number: int, facts: bundle.FileFacts, counts: _Counts) -> str:
        with found.part(number, "original") as stream:
            blob = self.files.stage(stream, limit=self.limits.original)  # type: ignore[arg-type]  # a binary stream
        try:
            file, overlays = self._register(target, facts, blob)
        finally:
            self.files.discard(blob)
        counts.files += 1
        if facts.generation is None:
            counts.building += 1
        else:
            self._take_blocks(target, found, number, file)
            if not self._take_chunks(target, found, number, file=file, overlays=overlays, counts=counts):
                counts.embedding += 1
                self._leave_to_embed(target, file)
        return file.id

    def _register(self, target: _Target, facts: bundle.FileFacts, blob: StagedBlob) -> tuple[File, Mapping[str, str]]:
        """The file, and what its overlays are called here."""
        with self._step(target) as session:
            repository.hold_originals(session, target.dataset.tenant_id)
            self.files.keep(blob, original_key(tenant_id=target.dataset.tenant_id, sha256=blob.sha256))
            file = file_row(facts, target.dataset, now=self.clock.now())
            session.add(file)
            session.flush()
            overlays = {one.id: overlay_row(one, file) for one in facts.overlays}
            session.add_all(overlays.values())
            if facts.generation is not None:
                session.add(generation_row(facts.generation, file))
            return file, {theirs: ours.id for theirs, ours in overlays.items()}

    def _take_blocks(self, target: _Target, found: Bundle, number: int, file: File) -> None:
        if not found.has(number, "blocks"):
            return
        place = blocks_key(tenant_id=file.tenant_id, file_id=file.id, generation=1)
        with found.part(number, "blocks") as stream:
            self.files.put(place, stream.read())
        try:
            with self._step(target) as session:
                session.get_one(FileGeneration, (file.id, 1)).blocks_key = place
        except ImportOvertaken:
            self.files.delete(place)
            raise

    def _take_chunks(
        self,
        target: _Target,
        found: Bundle,
        number: int,
        *,
        file: File,
        overlays: Mapping[str, str],
        counts: _Counts,
    ) -> bool:
        """Whether every chunk has its vectors."""
        is_whole = target.has_vectors
        for chunks, vectors in found.chunks(number):
            rows = [chunk_row(one, file, overlays) for one in chunks]
            if rows:
                with self._step(target) as session:
                    session.execute(insert(Chunk), rows)
                    keep_gists(session, rows)
            counts.chunks += len(rows)
            if target.has_vectors:
                is_whole = is_whole and all(len(one) > 0 for one in vectors)
                counts.vectors += self._put_points(target, file, rows, vectors)
        return is_whole

    def _put_points(
        self, target: _Target, file: File, rows: Sequence[dict[str, Any]], vectors: Sequence[Sequence[Vector]]
    ) -> int:
        """Live at once: nobody sees the dataset."""
        points = [
            point
            for row, found in zip(rows, vectors, strict=True)
            for point in points_of(Chunk(**row), file, found, live=True)
        ]
        self.store.upsert(target.dataset.collection, points)
        return len(points)

    def _leave_to_embed(self, target: _Target, file: File) -> None:
        """Its chunks are there; its vectors are made by a job, from the moment that the dataset is there."""
        with self._step(target) as session:
            row, generation = session.get_one(File, file.id), session.get_one(FileGeneration, (file.id, 1))
            row.status, row.active_generation, row.chunks_done = FileStatus.EMBEDDING, None, 0
            generation.state, generation.activated_at = GenerationState.BUILDING, None
        self.store.delete_file(target.dataset.collection, file.id)

    def _finish(self, principal: Principal, target: _Target, found: Bundle, name: str, ids: Mapping[str, str]) -> None:
        """The moment in which the dataset is there, whole."""
        with self._step(target) as session:
            self._check_name(session, principal, name)
            row = session.get_one(Dataset, target.dataset.id)
            row.deleted_at = None
            row.updated_at = self.clock.now()
            try:
                session.flush()
            except IntegrityError as error:  # another dataset of that name was made a moment earlier
                raise DatasetNameTaken(name) from error
            self.queue.cancel(session, subject=row.id, kinds=(REMOVE,))
            for question in question_rows(found.questions(), row, ids, self.clock.now()):
                session.add(question)
                session.flush()
            self._go_on(session, row)
            tell_dataset(session, row, DATASET_CREATED)

    def _go_on(self, session: Session, dataset: Dataset) -> None:
        """Work that is left: vectors to be made, files to be built."""
        home = self.gate.living(session, dataset.id)
        for row in repository.of_dataset(session, dataset.id):
            file = row.file
            if file.status == FileStatus.EMBEDDING:
                job = embed_job(tenant_id=file.tenant_id, dataset_id=dataset.id, file_id=file.id, generation=1)
                self.queue.enqueue(session, job)
            elif file.active_generation is None and home is not None:
                self.builds.begin(session, file, home)


def _as_chunk(facts: bundle.ChunkFacts) -> Chunk:
    return Chunk(content=facts.content, context=facts.context)
