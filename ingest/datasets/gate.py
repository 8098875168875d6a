"""Datasets as their files and the pipeline ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets import repository
from ingest.datasets.models import Dataset
from ingest.documents import ParserEngine, ParseType
from ingest.files.ports import HomeDataset, Shelf
from ingest.redaction.types import Redaction


@dataclass(frozen=True, slots=True)
class Gate:
    """Implements the DatasetGate and the DatasetNames of files."""

    def readable(self, session: Session, principal: Principal, dataset_id: str) -> HomeDataset:
        return _home(repository.get_readable(session, principal, dataset_id))

    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        return {row.id: row.name for row in repository.readable_by(session, principal)}

    def living(self, session: Session, dataset_id: str, *, hold: bool = False) -> HomeDataset | None:
        row = repository.row(session, dataset_id, hold=hold)
        return None if row is None or row.deleted_at is not None else _home(row)

    def shelf(self, session: Session, dataset_id: str, *, hold: bool = False) -> Shelf | None:
        row = repository.row(session, dataset_id, hold=hold)
        return None if row is None else Shelf(row.collection, row.embedding_model)

    def shelves(self, session: Session, dataset_id: str) -> Sequence[Shelf]:
        first = self.shelf(session, dataset_id)
        if first is None:
            return ()
        others = repository.shelves(session, dataset_id)
        return [first, *(Shelf(row.collection, row.embedding_model) for row in others)]


def _home(row: Dataset) -> HomeDataset:
    return HomeDataset(
        id=row.id,
        tenant_id=row.tenant_id,
        collection=row.collection,
        embedding_model=row.embedding_model,
        chunk_size=row.chunk_size,
        chunk_overlap=row.chunk_overlap,
        parse_type=ParseType(row.parse_type),
        parser_engine=ParserEngine(row.parser_engine),
        separators=tuple(row.separators),
        redaction=Redaction.restored(row.redaction),
        ocr_max_pages=row.ocr_max_pages,
        only_main_content=row.only_main_content,
    )
