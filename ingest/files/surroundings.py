"""Where passages stand in their files: their place, and the section around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.models import Chunk, File
from ingest.files.visibility import visible_to
from kit.db.database import Database
from retrieval.search.neighbours import joined
from retrieval.search.ports import Place
from retrieval.search.types import Box, Section

_MOST_CHUNKS = 40  # of a section, to either side of the passage
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class ChunkSurroundings:
    """Implements retrieval's Surroundings."""

    database: Database

    def places(self, principal: Principal, dataset_ids: Sequence[str], chunk_ids: Sequence[str]) -> Mapping[str, Place]:
        with self.database.read() as session:
            rows = _visible(session, principal, dataset_ids, Chunk.id.in_(chunk_ids))
            return {row.id: Place(row.file_id, row.generation, row.position, boxes_of(row)) for row in rows}

    def section(self, principal: Principal, dataset_ids: Sequence[str], chunk_id: str) -> Section | None:
        """All under the passage's own heading; where that is the passage alone, all under the heading above it."""
        with self.database.read() as session:
            found = _visible(session, principal, dataset_ids, Chunk.id == chunk_id)
            if not found:
                return None
            own = found[0]
            near = Chunk.position.between(own.position - _MOST_CHUNKS, own.position + _MOST_CHUNKS)
            same = (Chunk.file_id == own.file_id) & (Chunk.generation == own.generation) & near
            around = sorted(_visible(session, principal, dataset_ids, same), key=lambda row: row.position)
        path = list(own.heading_path)
        rows = _under(path, around, own)
        if len(rows) == 1 and path:
            path = path[:-1]
            rows = _under(path, around, own)
        return _section(path, rows, own)


def _visible(
    session: Session, principal: Principal, dataset_ids: Sequence[str], condition: ColumnElement[bool]
) -> list[Chunk]:
    wanted = select(Chunk).join(File, File.id == Chunk.file_id).where(visible_to(principal, dataset_ids), condition)
    rows = list(session.scalars(wanted))
    session.expunge_all()  # the end of reading would empty them
    return rows


def _under(path: Sequence[str], around: Sequence[Chunk], own: Chunk) -> list[Chunk]:
    """The unbroken run of chunks about `own` whose heading path begins with `path`."""
    at = next(index for index, row in enumerate(around) if row.id == own.id)
    before = list(_run(reversed(around[:at]), path))
    return [*reversed(before), own, *_run(iter(around[at + 1 :]), path)]


def _run(rows: Iterator[Chunk], path: Sequence[str]) -> Iterator[Chunk]:
    for row in rows:
        if list(row.heading_path[: len(path)]) != list(path):
            return
        yield row


def _section(path: Sequence[str], rows: list[Chunk], own: Chunk) -> Section:
    """Cut to what is bearable, with the passage itself always in it."""
    first = last = rows.index(own)
    size = len(own.content)
    while True:
        grown = [index for index in (first - 1, last + 1) if 0 <= index < len(rows)]
        fitting = [index for index in grown if size + len(rows[index].content) <= _MOST_CHARACTERS]
        if not fitting:
            break
        size += len(rows[fitting[0]].content)
        first, last = min(first, fitting[0]), max(last, fitting[0])
    kept = rows[first : last + 1]
    return Section(tuple(path), joined([row.content for row in kept]), [row.id for row in kept], len(kept) < len(rows))


def boxes_of(row: Chunk) -> list[Box]:
    return [Box(int(box["page"]), box["left"], box["top"], box["right"], box["bottom"]) for box in row.boxes]
