"""Rows of datasets. `readable_by` is the only place that decides which of them a caller may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets.errors import DatasetNotFound
from ingest.datasets.models import Dataset, DatasetShelf
from ingest.datasets.types import EVERY_AGENT_ROLE
from ingest.files.models import File, FileGeneration
from ingest.files.types import FileStatus
from kit.db.database import Database
from kit.db.prepared import Prepared
from retrieval.search.calibration import Calibration
from retrieval.search.fusion import UNTUNED, DatasetTuning, FusionKind


@dataclass(frozen=True, slots=True)
class FileTotals:
    """Living files of a dataset, and the chunks of their active generations."""

    files: int = 0
    chunks: int = 0
    building: int = 0
    failed: int = 0


def readable_by(session: Session, principal: Principal) -> list[Dataset]:
    """Living datasets that the caller may see, oldest first: tenant, then the key's datasets, then its agent role."""
    wanted = select(Dataset).where(Dataset.tenant_id == principal.tenant_id, Dataset.deleted_at.is_(None))
    rows = session.scalars(wanted.order_by(Dataset.id))
    return [row for row in rows if _may_see(principal, row.id, row.allowed_agent_roles)]


def get_readable(session: Session, principal: Principal, dataset_id: str) -> Dataset:
    """DatasetNotFound when it is not there for this caller, whatever the reason."""
    row = session.get(Dataset, dataset_id)
    if row is None or row.deleted_at is not None or row.tenant_id != principal.tenant_id:
        raise DatasetNotFound(dataset_id)
    if not _may_see(principal, row.id, row.allowed_agent_roles):
        raise DatasetNotFound(dataset_id)
    return row


def row(session: Session, dataset_id: str, *, hold: bool = False) -> Dataset | None:
    """`hold`: as it is now, and so until the end of the transaction."""
    if not hold:
        return session.get(Dataset, dataset_id)
    return session.get(Dataset, dataset_id, with_for_update={"read": True}, populate_existing=True)


def shelves(session: Session, dataset_id: str) -> Sequence[DatasetShelf]:
    wanted = select(DatasetShelf).where(DatasetShelf.dataset_id == dataset_id)
    return list(session.scalars(wanted.order_by(DatasetShelf.collection)))


class Searchable(NamedTuple):
    """Where a dataset is searched."""

    id: str
    collection: str
    embedding_model: str
    tuning: DatasetTuning
    calibration: Calibration | None


# Columns, and a statement built once: a search spends as much on rows that it does not need as on the engine's door.
_SEARCHED = Prepared(
    select(
        Dataset.id,
        Dataset.collection,
        Dataset.embedding_model,
        Dataset.allowed_agent_roles,
        Dataset.hybrid_alpha,
        Dataset.fusion,
        Dataset.calibration,
    ).where(
        Dataset.id.in_(bindparam("wanted", expanding=True)),
        Dataset.tenant_id == bindparam("tenant"),
        Dataset.deleted_at.is_(None),
    )
)


def searchable_by(database: Database, principal: Principal, dataset_ids: Sequence[str]) -> dict[str, Searchable]:
    """Those of the datasets that the caller may see, by id."""
    rows = database.rows(_SEARCHED, {"wanted": list(dataset_ids), "tenant": principal.tenant_id})
    return {
        row.id: Searchable(
            row.id,
            row.collection,
            row.embedding_model,
            tuning_of(row.hybrid_alpha, row.fusion),
            calibration_of(row.calibration),
        )
        for row in rows
        if _may_see(principal, row.id, row.allowed_agent_roles)
    }


def visible_to(session: Session, principal: Principal, dataset_ids: Collection[str]) -> frozenset[str]:
    """Those of the datasets, deleted ones whose rows are still there included, that the caller may see."""
    if not dataset_ids:
        return frozenset()
    wanted = select(Dataset.id, Dataset.allowed_agent_roles).where(
        Dataset.id.in_(dataset_ids), Dataset.tenant_id == principal.tenant_id
    )
    return frozenset(row.id for row in session.execute(wanted) if _may_see(principal, row.id, row.allowed_agent_roles))


def tuning_of(alpha: float | None, fusion: str | None) -> DatasetTuning:
    return UNTUNED if alpha is None and fusion is None else DatasetTuning(alpha, FusionKind(fusion) if fusion else None)


def calibration_of(stored: Mapping[str, Any] | None) -> Calibration | None:
    return None if stored is None else Calibration.restored(stored)


def _may_see(principal: Principal, dataset_id: str, allowed_agent_roles: Sequence[str]) -> bool:
    if principal.dataset_ids is not None and dataset_id not in principal.dataset_ids:
        return False
    if principal.agent_role is None:
        return True
    return principal.agent_role in allowed_agent_roles or EVERY_AGENT_ROLE in allowed_agent_roles


def name_is_taken(session: Session, *, tenant_id: str, name: str, except_id: str | None = None) -> bool:
    wanted = select(Dataset.id).where(
        Dataset.tenant_id == tenant_id, Dataset.name == name, Dataset.deleted_at.is_(None)
    )
    return session.scalar(wanted.where(Dataset.id != (except_id or ""))) is not None


def totals(session: Session, dataset_ids: Sequence[str]) -> dict[str, FileTotals]:
    """Counts by dataset id; one without files is absent."""
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    on_its_way = File.status.in_((FileStatus.PENDING, FileStatus.PARSING, FileStatus.EMBEDDING))
    wanted = (
        select(
            File.dataset_id,
            func.count(),
            func.coalesce(func.sum(FileGeneration.chunks_count), 0),
            func.sum(case((on_its_way, 1), else_=0)),
            func.sum(case((File.status == FileStatus.ERROR, 1), else_=0)),
        )
        .select_from(File)
        .outerjoin(FileGeneration, active)
        .where(File.dataset_id.in_(dataset_ids), File.deleted_at.is_(None))
        .group_by(File.dataset_id)
    )
    return {row[0]: FileTotals(*(int(number) for number in row[1:])) for row in session.execute(wanted)}
