"""What became of a file, page or passage, for those who miss it in a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.models import Chunk, File
from ingest.files.ports import DatasetNames
from ingest.files.types import FileStatus
from kit.db.database import Database
from retrieval.filters import FileFacts
from retrieval.search.whereabouts import BuildState, Subject, Whereabouts

_MOST_FILES = 200  # with one address
_EMPTY = "FILE_HAS_NO_TEXT"  # the parsers' word for it: it was read, and there was nothing


@dataclass(frozen=True, slots=True)
class FileRegistry:
    """Implements retrieval's Registry."""

    database: Database
    datasets: DatasetNames

    def find(self, principal: Principal, dataset_ids: Sequence[str], subject: Subject) -> Whereabouts | None:
        with self.database.read() as session:
            names = self.datasets.readable_names(session, principal)
            found = [
                self._of(session, file, names[file.dataset_id], searched=file.dataset_id in dataset_ids, of=subject)
                for file in _files(session, principal, subject)
                if file.dataset_id in names
            ]
        return min(found, key=_distance, default=None)

    def _of(self, session: Session, file: File, dataset_name: str, *, searched: bool, of: Subject) -> Whereabouts:
        active = (Chunk.file_id == file.id) & (Chunk.generation == file.active_generation)
        rows = session.execute(select(Chunk.id, Chunk.enabled).where(active).order_by(Chunk.position)).all()
        enabled = [row.id for row in rows if row.enabled]
        known = {row.id for row in rows}
        mine = of.chunk_id
        return Whereabouts(
            facts=FileFacts(file.id, file.source, dict(file.labels), file.published_at),
            file_name=file.name,
            dataset_id=file.dataset_id,
            dataset_name=dataset_name,
            searched=searched,
            deleted=file.deleted_at is not None,
            file_enabled=file.enabled,
            build=_build(file),
            error=file.error_message,
            has_chunks=bool(rows),
            chunk_ids=enabled if mine is None else [one for one in enabled if one == mine],
            chunk_replaced=mine is not None and mine not in known,
            chunk_enabled=mine is None or mine in enabled,
        )


def _files(session: Session, principal: Principal, subject: Subject) -> Sequence[File]:
    wanted = select(File).where(File.tenant_id == principal.tenant_id, _named(session, subject))
    return list(session.scalars(wanted.order_by(File.id.desc()).limit(_MOST_FILES)))


def _named(session: Session, subject: Subject) -> ColumnElement[bool]:
    if subject.url is not None:
        address = subject.url.rstrip("/")
        return File.url.in_([address, f"{address}/"])
    if subject.file_id is not None:
        return File.id == subject.file_id
    return File.id == session.scalar(select(Chunk.file_id).where(Chunk.id == subject.chunk_id))


def _build(file: File) -> BuildState:
    if file.error_code == _EMPTY:
        return BuildState.DONE
    if file.status == FileStatus.ERROR:
        return BuildState.FAILED
    return BuildState.DONE if file.status == FileStatus.INDEXED else BuildState.UNDER_WAY


def _distance(found: Whereabouts) -> tuple[bool, bool, bool, bool]:
    """From being found: smaller is nearer."""
    return found.deleted, not found.searched, not found.has_chunks, not found.file_enabled
