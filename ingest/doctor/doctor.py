"""Compares rows, vectors and stored files, says where they disagree, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest.datasets.jobs import remove_job as dataset_remove_job
from ingest.datasets.models import Dataset
from ingest.doctor import rows
from ingest.doctor.findings import Ailment, Finding
from ingest.doctor.jobs import tidy_job
from ingest.documents import ParserEngine
from ingest.files import repository
from ingest.files.builds import Builds
from ingest.files.jobs import remove_job
from ingest.files.models import File
from ingest.files.ports import DatasetGate
from ingest.parsers.docling.installation import REMEDY as DOCLING_REMEDY
from ingest.pipeline.points import passage_of, points_of
from ingest.sandbox.docling_task import DoclingState
from ingest.storage.protocol import FileStore
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from retrieval.embedding.models import Models
from retrieval.stores.protocol import VectorStore

_SLICE = 64


@dataclass(frozen=True, slots=True)
class Doctor:
    """May look, and mend, while a server runs: what is being built or removed just now is no finding."""

    database: Database
    queue: JobQueue
    gate: DatasetGate
    builds: Builds
    store: VectorStore
    files: FileStore
    models: Models
    docling: DoclingState

    def examine(self) -> Sequence[Finding]:
        """What holds at a second look as well: rows, vectors and files are not read in one moment, and a file that was
        indexed or removed in between is in one and not in the other."""
        first = self._look()
        again = frozenset(self._look()) if first else frozenset()
        return [finding for finding in first if finding in again]

    def _look(self) -> Sequence[Finding]:
        return [*self._vectors(), *self._stored_files(), *self._jobs(), *self._engines()]

    def repair(self, finding: Finding) -> None:
        """Mends one repairable finding, after another look whether it still holds."""
        match finding.ailment:
            case Ailment.ORPHAN_VECTORS:
                self._drop_vectors(finding)
            case Ailment.MISSING_VECTORS:
                self._restore_vectors(finding)
            case Ailment.ORPHAN_FILE:
                self._drop_stored_file(finding.subject)
            case Ailment.MISSING_CHUNKS | Ailment.STALLED_BUILD:
                self._build_anew(finding.subject)
            case Ailment.UNREMOVED_FILE | Ailment.UNREMOVED_DATASET:
                self._remove(finding.subject)
            case _:
                raise ValueError(f"{finding.ailment} is not for a program to mend")

    def ask_for_tidying(self) -> None:
        """Leaves it to the worker to mend what a killed process may have left behind."""
        with self.database.write() as session:
            self.queue.enqueue(session, tidy_job())

    def tidy(self) -> int:
        """Mends what needs no thought: orphan vectors, and work that no job is about. Returns how much there was."""
        findings = [*self._orphan_vectors(), *self._lost_work()]
        for finding in findings:
            self.repair(finding)
        return len(findings)

    def _vectors(self) -> Iterator[Finding]:
        yield from self._orphan_vectors()
        held = {
            (collection, count.file_id, count.generation): count.points
            for collection in self.store.collections()
            for count in self.store.count_by_file(collection)
        }
        with self.database.read() as session:
            active = rows.active_generations(session)
        for generation in active:
            name = repr(generation.file_name)
            points = held.get((generation.collection, generation.file_id, generation.number), 0)
            if generation.rows != generation.chunks:
                message = f"{name} has {generation.rows} chunks in the database, {generation.chunks} were recorded"
                yield Finding(
                    Ailment.MISSING_CHUNKS,
                    generation.file_id,
                    message,
                    "build the file anew",
                    repairable=True,
                    tenant_id=generation.tenant_id,
                )
            elif points < generation.chunks:
                message = f"{name} has {generation.chunks} chunks and only {points} vectors"
                yield Finding(
                    Ailment.MISSING_VECTORS,
                    generation.file_id,
                    message,
                    "embed its chunks again",
                    repairable=True,
                    generation=generation.number,
                    collection=generation.collection,
                    tenant_id=generation.tenant_id,
                )

    def _orphan_vectors(self) -> Iterator[Finding]:
        for collection in self.store.collections():
            for count in self.store.count_by_file(collection):
                with self.database.read() as session:
                    is_of_use = rows.is_of_use(session, collection, count.file_id, count.generation)
                    if is_of_use or rows.is_being_removed(session, count.file_id):
                        continue
                    tenant = rows.tenant_of_file(session, count.file_id)
                yield Finding(
                    Ailment.ORPHAN_VECTORS,
                    count.file_id,
                    f"{count.points} vectors of generation {count.generation} of a file that needs them no more",
                    "remove them",
                    repairable=True,
                    generation=count.generation,
                    collection=collection,
                    tenant_id=tenant,
                )

    def _stored_files(self) -> Iterator[Finding]:
        stored = frozenset(self.files.keys())
        with self.database.read() as session:
            lost = [(file.tenant_id, file.id, file.name) for file in rows.files_without_original(session, stored)]
            unused = stored - rows.used_keys(session)
            building = rows.unfinished_builds(session)
        for tenant, file_id, name in lost:
            message = f"the original of {name!r} is not in the file store"
            remedy = "restore it from a backup or upload it again; what was indexed of it is still found"
            yield Finding(Ailment.MISSING_ORIGINAL, file_id, message, remedy, repairable=False, tenant_id=tenant)
        for key in sorted(unused):
            if not _is_being_built(key, building):
                message = f"no row names the stored file {key}"
                yield Finding(
                    Ailment.ORPHAN_FILE, key, message, "remove it", repairable=True, tenant_id=key.partition("/")[0]
                )

    def _jobs(self) -> Iterator[Finding]:
        yield from self._lost_work()
        with self.database.read() as session:
            dead = [(job.tenant_id, job.subject, job.kind, job.error or "") for job in rows.dead_jobs(session)]
        for tenant, subject, kind, error in dead:
            remedy = "mend the cause, then re-ingest the file" if kind.startswith("file.") else "mend the cause"
            message = f"job {kind} was given up: {error[:200]}"
            yield Finding(Ailment.DEAD_JOB, subject, message, remedy, repairable=False, tenant_id=tenant)

    def _engines(self) -> Iterator[Finding]:
        """Docling, where somebody has set it up or wants it."""
        with self.database.read() as session:
            found = rows.datasets_with_engine(session, ParserEngine.DOCLING)
            wanting = [(one.tenant_id, one.id, one.name) for one in found]
        if not wanting and not self.docling.is_set_up:
            return
        troubles = "; ".join(self.docling.troubles())
        if not troubles:
            return
        if self.docling.is_set_up:
            message = f"the parser engine DOCLING is set up and cannot be used: {troubles}"
            yield Finding(Ailment.ENGINE_UNAVAILABLE, "CAIRN_DOCLING_MODELS", message, DOCLING_REMEDY, repairable=False)
        for tenant, dataset_id, name in wanting:
            message = f"{name!r} has files that ask for the parser engine DOCLING, which cannot be used: {troubles}"
            remedy = f"choose AUTO or NODE_NATIVE, or {DOCLING_REMEDY}"
            yield Finding(Ailment.ENGINE_UNAVAILABLE, dataset_id, message, remedy, repairable=False, tenant_id=tenant)

    def _lost_work(self) -> Iterator[Finding]:
        with self.database.read() as session:
            stalled, files, datasets = (
                [(row.tenant_id, row.id, row.name) for row in found]
                for found in (
                    rows.stalled_files(session), rows.unremoved_files(session), rows.unremoved_datasets(session)
                )
            )  # fmt: skip
        for tenant, file_id, name in stalled:
            message = f"{name!r} waits for a build, and no job is about it"
            remedy = "build the file anew"
            yield Finding(Ailment.STALLED_BUILD, file_id, message, remedy, repairable=True, tenant_id=tenant)
        for ailment, lost in ((Ailment.UNREMOVED_FILE, files), (Ailment.UNREMOVED_DATASET, datasets)):
            for tenant, subject, name in lost:
                message = f"{name!r} is deleted, and no job removes what is left of it"
                yield Finding(ailment, subject, message, "remove it", repairable=True, tenant_id=tenant)

    def _drop_vectors(self, finding: Finding) -> None:
        with self.database.read() as session:
            is_of_use = rows.is_of_use(session, finding.collection, finding.subject, finding.generation)
        if not is_of_use:
            self.store.delete_generation(finding.collection, finding.subject, finding.generation)

    def _restore_vectors(self, finding: Finding) -> None:
        first = 0
        while True:
            with self.database.read() as session:
                file = session.get(File, finding.subject)
                shelf = None if file is None else self.gate.shelf(session, file.dataset_id)
                if file is None or shelf is None or file.active_generation != finding.generation:
                    return
                if shelf.collection != finding.collection:
                    return
                chunks = repository.chunks(session, file.id, finding.generation, first=first, limit=_SLICE)
            if not chunks:
                break
            vectors = self.models.of(shelf.model).embed_passages([passage_of(chunk) for chunk in chunks])
            pairs = zip(chunks, vectors, strict=True)
            points = [point for chunk, found in pairs for point in points_of(chunk, file, found, live=True)]
            self.store.upsert(finding.collection, points)
            first = chunks[-1].position + 1

    def _drop_stored_file(self, key: str) -> None:
        with self.database.write() as session:
            repository.hold_originals(session, key.partition("/")[0])
            if key not in rows.used_keys(session):
                self.files.delete(key)

    def _build_anew(self, file_id: str) -> None:
        with self.database.write() as session:
            file = session.get(File, file_id)
            dataset = None if file is None else self.gate.living(session, file.dataset_id)
            if file is not None and file.deleted_at is None and dataset is not None:
                repository.hold_originals(session, file.tenant_id)
                session.refresh(file)
                self.builds.begin(session, file, dataset)

    def _remove(self, subject: str) -> None:
        with self.database.write() as session:
            self._enqueue_removal(session, subject)

    def _enqueue_removal(self, session: Session, subject: str) -> None:
        file, dataset = session.get(File, subject), session.get(Dataset, subject)
        if file is not None and file.deleted_at is not None:
            self.queue.enqueue(
                session, remove_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id)
            )
        if dataset is not None and dataset.deleted_at is not None:
            self.queue.enqueue(session, dataset_remove_job(tenant_id=dataset.tenant_id, dataset_id=dataset.id))


def _is_being_built(key: str, building: Mapping[str, int]) -> bool:
    """Blocks are stored a moment before the row that names them."""
    file_id, _, number = key.rpartition("/")[2].rpartition("-")
    return number.isdigit() and building.get(file_id) == int(number)
