"""What the rows say there should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ingest.datasets.jobs import REMOVE as REMOVE_DATASET
from ingest.datasets.models import Dataset, DatasetShelf
from ingest.documents import ParserEngine
from ingest.files.jobs import BUILDING, REMOVE, SWEEP
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import FileStatus, GenerationState
from ingest.storage.protocol import original_key
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED, JobState


@dataclass(frozen=True, slots=True)
class ActiveGeneration:
    """What is searched of a living file. `chunks` as recorded, `rows` as counted."""

    tenant_id: str
    file_id: str
    file_name: str
    number: int
    collection: str
    chunks: int
    rows: int


def active_generations(session: Session) -> Sequence[ActiveGeneration]:
    counted = (
        select(Chunk.file_id, Chunk.generation, func.count().label("rows"))
        .group_by(Chunk.file_id, Chunk.generation)
        .subquery()
    )
    wanted = (
        select(
            File.tenant_id,
            File.id,
            File.name,
            FileGeneration.number,
            Dataset.collection,
            FileGeneration.chunks_count,
            counted.c.rows,
        )
        .join(Dataset, Dataset.id == File.dataset_id)
        .join(
            FileGeneration,
            (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation),
        )
        .outerjoin(counted, (counted.c.file_id == File.id) & (counted.c.generation == FileGeneration.number))
        .where(File.deleted_at.is_(None), Dataset.deleted_at.is_(None))
        .order_by(File.id)
    )
    return [
        ActiveGeneration(tenant_id, file_id, name, number, collection, chunks, rows or 0)
        for tenant_id, file_id, name, number, collection, chunks, rows in session.execute(wanted)
    ]


def is_of_use(session: Session, collection: str, file_id: str, number: int) -> bool:
    """Whether points of this generation may be in that collection: it serves, or it is being built, and the dataset has
    vectors there."""
    beside = exists().where(DatasetShelf.dataset_id == Dataset.id, DatasetShelf.collection == collection)
    wanted = (
        select(FileGeneration.state)
        .join(File, File.id == FileGeneration.file_id)
        .join(Dataset, Dataset.id == File.dataset_id)
        .where(FileGeneration.file_id == file_id, FileGeneration.number == number)
        .where(or_(Dataset.collection == collection, beside))
        .where(File.deleted_at.is_(None), Dataset.deleted_at.is_(None))
    )
    return session.scalar(wanted) in {GenerationState.BUILDING, GenerationState.ACTIVE}


def is_being_removed(session: Session, file_id: str) -> bool:
    """Whether a job is going to remove what is left of the file, or of its dataset, or of generations of it."""
    file = session.get(File, file_id)
    subjects = [file_id] if file is None else [file_id, file.dataset_id]
    kinds = (REMOVE, SWEEP, REMOVE_DATASET)
    wanted = exists().where(Job.subject.in_(subjects), Job.kind.in_(kinds), Job.state.in_(UNFINISHED))
    return bool(session.scalar(select(wanted)))


def tenant_of_file(session: Session, file_id: str) -> str | None:
    """None where the row is gone."""
    return session.scalar(select(File.tenant_id).where(File.id == file_id))


def files_without_original(session: Session, stored: frozenset[str]) -> Sequence[File]:
    living = select(File).where(File.deleted_at.is_(None)).order_by(File.id)
    return [
        file
        for file in session.scalars(living)
        if original_key(tenant_id=file.tenant_id, sha256=file.sha256) not in stored
    ]


def used_keys(session: Session) -> frozenset[str]:
    """Keys of the file store that some row names."""
    originals = {
        original_key(tenant_id=tenant_id, sha256=sha256)
        for model in (File, FileGeneration)
        for tenant_id, sha256 in session.execute(select(model.tenant_id, model.sha256))
    }
    blocks = session.scalars(select(FileGeneration.blocks_key).where(FileGeneration.blocks_key.is_not(None)))
    return frozenset(originals | {key for key in blocks if key is not None})


def unfinished_builds(session: Session) -> Mapping[str, int]:
    """Generations that are being built and may have stored blocks that no row names yet: file id to number."""
    wanted = select(FileGeneration.file_id, FileGeneration.number)
    return {row[0]: row[1] for row in session.execute(wanted.where(FileGeneration.state == GenerationState.BUILDING))}


def stalled_files(session: Session) -> Sequence[File]:
    """Living files that wait for a build that no job is about."""
    waits = File.status.in_((FileStatus.PENDING, FileStatus.PARSING, FileStatus.EMBEDDING))
    wanted = select(File).join(Dataset, Dataset.id == File.dataset_id).where(waits, File.deleted_at.is_(None))
    return list(session.scalars(wanted.where(Dataset.deleted_at.is_(None), _no_job(File.id, BUILDING))))


def unremoved_files(session: Session) -> Sequence[File]:
    wanted = select(File).join(Dataset, Dataset.id == File.dataset_id).where(File.deleted_at.is_not(None))
    return list(session.scalars(wanted.where(Dataset.deleted_at.is_(None), _no_job(File.id, (REMOVE,)))))


def unremoved_datasets(session: Session) -> Sequence[Dataset]:
    wanted = select(Dataset).where(Dataset.deleted_at.is_not(None))
    return list(session.scalars(wanted.where(_no_job(Dataset.id, (REMOVE_DATASET,)))))


def dead_jobs(session: Session) -> Sequence[Job]:
    """Those that nothing has come after: the same work asked for again, or its file deleted."""
    later = aliased(Job)
    again = or_(later.kind == Job.kind, later.kind == REMOVE)
    superseded = exists().where(later.subject == Job.subject, again, later.id > Job.id)
    return list(session.scalars(select(Job).where(Job.state == JobState.DEAD, ~superseded).order_by(Job.id)))


def _no_job(subject: ColumnElement[str] | InstrumentedAttribute[str], kinds: Sequence[str]) -> ColumnElement[bool]:
    return ~exists().where(Job.subject == subject, Job.kind.in_(kinds), Job.state.in_(UNFINISHED))


def datasets_with_engine(session: Session, engine: ParserEngine) -> Sequence[Dataset]:
    """Those whose own setting, or that of one of their files, asks for it."""
    of_a_file = exists().where(
        File.dataset_id == Dataset.id, File.parser_engine == engine.value, File.deleted_at.is_(None)
    )
    wanted = or_(Dataset.parser_engine == engine.value, of_a_file)
    return session.scalars(select(Dataset).where(Dataset.deleted_at.is_(None), wanted).order_by(Dataset.id)).all()
