"""Where a cited passage is now: in the present build of its file, by the words it was cited by. What is switched off
is not found by a citation either."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.audit.acts import note_read
from identity.types import Principal
from ingest.files.errors import CitedFileIsGone
from ingest.files.models import Chunk, File
from ingest.files.ports import DatasetNames
from ingest.files.surroundings import boxes_of
from kit.db.database import Database
from retrieval.search.citation import CitedPlace, cited_place, marks_in
from retrieval.search.citing import Cited


@dataclass(frozen=True, slots=True)
class FileCitations:
    """Implements retrieval's Citations."""

    database: Database
    datasets: DatasetNames

    def resolve(self, principal: Principal, key: str) -> Cited:
        place = cited_place(key)
        with self.database.read() as session:
            names = self.datasets.readable_names(session, principal)
            file = session.scalar(
                select(File).where(
                    File.id == place.file_id, File.tenant_id == principal.tenant_id, File.dataset_id.in_(list(names)),
                    File.deleted_at.is_(None), File.enabled,
                )
            )  # fmt: skip
            if file is None:
                raise CitedFileIsGone(key)
            note_read("file", file.id, citation=key)
            chunk = _best(session, file, place)
            return Cited(
                found=chunk is not None,
                dataset_id=file.dataset_id,
                file_id=file.id,
                file_name=file.name,
                mime_type=file.mime_type,
                url=file.url,
                chunk_id=None if chunk is None else chunk.id,
                page=place.page if chunk is None else chunk.page,
                heading_path=() if chunk is None else tuple(chunk.heading_path),
                content=None if chunk is None else chunk.content,
                boxes=() if chunk is None else boxes_of(chunk),
            )


def _best(session: Session, file: File, place: CitedPlace) -> Chunk | None:
    """The chunk that holds most of the cited words; of those that hold as much, the one nearest to the cited page."""
    wanted = select(Chunk).where(Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.enabled)
    best: Chunk | None = None
    most = (0, 0)
    for chunk in session.scalars(wanted.order_by(Chunk.position).execution_options(yield_per=200)):
        held = marks_in(chunk.content, place.marks)
        ranked = (held, -abs((chunk.page or 0) - (place.page or 0)))
        if held and (best is None or ranked > most):
            best, most = chunk, ranked
    return best
