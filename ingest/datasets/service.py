"""Datasets: list, make, configure, build anew, delete."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets import repository
from ingest.datasets.errors import DatasetNameTaken
from ingest.datasets.events import DATASET_CREATED, DATASET_DELETED, DATASET_UPDATED, tell_dataset
from ingest.datasets.gate import Gate
from ingest.datasets.jobs import CHANGE_MODEL, CLEAR_SHELVES, remove_job
from ingest.datasets.models import Dataset
from ingest.datasets.progress import DatasetProgress, dataset_progress
from ingest.datasets.repository import FileTotals, tuning_of
from ingest.datasets.types import DatasetChange, DatasetStatus, DatasetView, NewDataset, ReindexCost, ReindexReceipt
from ingest.documents import ParserEngine, ParseType
from ingest.files.builds import Builds
from ingest.files.jobs import BUILDING
from ingest.files.pace import estimated_seconds
from ingest.files.repository import FileRow, hold_originals, of_dataset
from ingest.redaction.texts import check_redaction
from ingest.redaction.types import Redaction
from ingest.reports.scans import scans_among
from ingest.settings import ChunkDefaults, Ocr, check_chunking
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from kit.jobs.queue import JobQueue


@dataclass(frozen=True, slots=True)
class ModelBinding:
    """The embedding model of new datasets, and the collection that its vectors go to."""

    provider: str
    name: str
    vector_size: int
    collection: str


@dataclass(frozen=True, slots=True)
class Datasets:
    """All methods take the caller's session and leave committing to it. DatasetNotFound where there is none for the
    caller."""

    gate: Gate
    builds: Builds
    queue: JobQueue
    clock: Clock
    defaults: ChunkDefaults
    model: ModelBinding

    def list(self, session: Session, principal: Principal) -> Sequence[DatasetView]:
        """Oldest first."""
        rows = repository.readable_by(session, principal)
        totals = repository.totals(session, [row.id for row in rows])
        return [_view(row, totals.get(row.id, FileTotals())) for row in rows]

    def progress(self, session: Session, principal: Principal, dataset_id: str) -> DatasetProgress:
        row = repository.get_readable(session, principal, dataset_id)
        return dataset_progress(session, tenant_id=row.tenant_id, dataset_id=row.id, now=self.clock.now())

    def visible(self, session: Session, principal: Principal, dataset_ids: Collection[str]) -> frozenset[str]:
        """Those of the datasets that the caller may see, ones among them whose removal is not over yet: that they are
        gone is for the same eyes."""
        return repository.visible_to(session, principal, dataset_ids)

    def get(self, session: Session, principal: Principal, dataset_id: str) -> DatasetView:
        return self._shown(session, repository.get_readable(session, principal, dataset_id))

    def create(self, session: Session, principal: Principal, new: NewDataset) -> DatasetView:
        """Raises DatasetNameTaken, Invalid for the chunk settings, or Forbidden for a key that is narrowed."""
        if principal.dataset_ids is not None:
            raise Forbidden(f"key {principal.name!r} is for certain datasets only and cannot make others")
        name = new.name.strip()
        size = new.chunk_size or self.defaults.size
        overlap = min(self.defaults.overlap, size - 1) if new.chunk_overlap is None else new.chunk_overlap
        check_chunking(size=size, overlap=overlap)
        check_redaction(new.redaction)
        self._check_name(session, principal, name)
        now = self.clock.now()
        row = Dataset(
            id=new_id(),
            tenant_id=principal.tenant_id,
            name=name,
            description=new.description or None,
            embedding_provider=self.model.provider,
            embedding_model=self.model.name,
            vector_size=self.model.vector_size,
            collection=self.model.collection,
            chunk_size=size,
            chunk_overlap=overlap,
            parse_type=new.parse_type or self.defaults.parse_type,
            parser_engine=new.parser_engine or self.defaults.parser_engine,
            separators=_distinct(new.separators),
            redaction=new.redaction.stored(),
            allowed_agent_roles=_distinct(new.allowed_agent_roles),
            hybrid_alpha=new.tuning.alpha,
            fusion=new.tuning.fusion,
            ocr_max_pages=new.ocr.max_pages,
            only_main_content=new.only_main_content,
            created_at=now,
            updated_at=now,
        )
        session.add(row)
        _flush_named(session, name)
        tell_dataset(session, row, DATASET_CREATED)
        return _view(row, FileTotals())

    def configure(self, session: Session, principal: Principal, dataset_id: str, change: DatasetChange) -> DatasetView:
        """Raises DatasetNameTaken, and Invalid for chunk settings that do not go together."""
        row = repository.get_readable(session, principal, dataset_id)
        if change.name is not None and change.name.strip() != row.name:
            self._check_name(session, principal, change.name.strip(), except_id=row.id)
            row.name = change.name.strip()
        if change.description is not None:
            row.description = change.description or None
        self._rechunk(row, change)
        if change.allowed_agent_roles is not None:
            row.allowed_agent_roles = _distinct(change.allowed_agent_roles)
        if change.tuning is not None:
            row.hybrid_alpha, row.fusion = change.tuning.alpha, change.tuning.fusion
        if change.ocr is not None:
            row.ocr_max_pages = change.ocr.max_pages
        if change.only_main_content is not None:
            row.only_main_content = change.only_main_content
        if session.is_modified(row):
            row.updated_at = self.clock.now()
            tell_dataset(session, row, DATASET_UPDATED)
        _flush_named(session, row.name)
        return self._shown(session, row)

    @staticmethod
    def _rechunk(row: Dataset, change: DatasetChange) -> None:
        size = change.chunk_size or row.chunk_size
        overlap = row.chunk_overlap if change.chunk_overlap is None else change.chunk_overlap
        check_chunking(size=size, overlap=overlap)
        row.chunk_size, row.chunk_overlap = size, overlap
        row.parse_type = change.parse_type or row.parse_type
        row.parser_engine = change.parser_engine or row.parser_engine
        if change.separators is not None:
            row.separators = _distinct(change.separators)
        if change.redaction is not None and change.redaction != Redaction.restored(row.redaction):
            check_redaction(change.redaction)
            row.redaction = change.redaction.stored()

    def reindex(self, session: Session, principal: Principal, dataset_id: str) -> ReindexReceipt:
        """Every file is built anew with the settings of now; searches find the old chunks until then."""
        dataset = self.gate.readable(session, principal, dataset_id)
        hold_originals(session, dataset.tenant_id)  # nobody else begins a build of one of them meanwhile
        self.queue.hold_dataset(session, dataset_id=dataset.id, kinds=BUILDING)
        rows = of_dataset(session, dataset_id)
        for row in rows:
            self.builds.begin(session, row.file, dataset)
        return ReindexReceipt(jobs_queued=len(rows), estimated_minutes=_minutes(session, principal, rows))

    def reindex_cost(self, session: Session, principal: Principal, dataset_id: str) -> ReindexCost:
        """What `reindex` would set going, without doing it."""
        self.gate.readable(session, principal, dataset_id)
        rows = of_dataset(session, dataset_id)
        chunks = sum(row.active_chunks or 0 for row in rows)
        minutes = _minutes(session, principal, rows)
        return ReindexCost(files=len(rows), chunks=chunks, estimated_minutes=minutes, scans=scans_among(rows))

    def delete(self, session: Session, principal: Principal, dataset_id: str) -> None:
        """Hides it with all its files at once and leaves removing them to a job. Work on its files ends."""
        row = repository.get_readable(session, principal, dataset_id)
        # jobs before the dataset, as the steps of a build take them: the other way round the two could wait for each
        # other
        self.queue.cancel_dataset(session, dataset_id=row.id, kinds=(*BUILDING, CHANGE_MODEL, CLEAR_SHELVES))
        row.deleted_at = row.updated_at = self.clock.now()
        tell_dataset(session, row, DATASET_DELETED)
        self.queue.enqueue(session, remove_job(tenant_id=row.tenant_id, dataset_id=row.id))

    def _shown(self, session: Session, row: Dataset) -> DatasetView:
        return _view(row, repository.totals(session, [row.id]).get(row.id, FileTotals()))

    @staticmethod
    def _check_name(session: Session, principal: Principal, name: str, except_id: str | None = None) -> None:
        if repository.name_is_taken(session, tenant_id=principal.tenant_id, name=name, except_id=except_id):
            raise DatasetNameTaken(name)


def _flush_named(session: Session, name: str) -> None:
    """Two callers may pass the check of the name at the same moment; the index admits one of them."""
    try:
        session.flush()
    except IntegrityError as error:
        raise DatasetNameTaken(name) from error


def _minutes(session: Session, principal: Principal, rows: Sequence[FileRow]) -> float:
    """For building these files; one without chunks counts as if it had one."""
    seconds = estimated_seconds(session, principal.tenant_id, chunks=sum(row.active_chunks or 1 for row in rows))
    return round(seconds / 60, 2)


def _distinct(values: Sequence[str]) -> list[str]:
    return [*dict.fromkeys(values)]


def _view(row: Dataset, totals: FileTotals) -> DatasetView:
    return DatasetView(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        description=row.description,
        status=_status(totals),
        total_files=totals.files,
        total_chunks=totals.chunks,
        embedding_provider=row.embedding_provider,
        embedding_model=row.embedding_model,
        vector_size=row.vector_size,
        collection=row.collection,
        chunk_size=row.chunk_size,
        chunk_overlap=row.chunk_overlap,
        parse_type=ParseType(row.parse_type),
        parser_engine=ParserEngine(row.parser_engine),
        separators=tuple(row.separators),
        redaction=Redaction.restored(row.redaction),
        allowed_agent_roles=tuple(row.allowed_agent_roles),
        tuning=tuning_of(row.hybrid_alpha, row.fusion),
        ocr=Ocr(row.ocr_max_pages),
        only_main_content=row.only_main_content,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _status(totals: FileTotals) -> DatasetStatus:
    if totals.building:
        return DatasetStatus.BUILDING
    return DatasetStatus.ERROR if totals.failed else DatasetStatus.ACTIVE
