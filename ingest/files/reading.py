"""Files as a reader goes through them: what stands round a passage, the outline, a page, a table, exact words.

Only what searches find now is read: living files that are switched on, chunks of the active generation. For whoever
may not see a file or a chunk it is not there, and the two are answered alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.documents import BlockKind
from ingest.files.errors import ChunkIsNotThere, FileIsGone
from ingest.files.models import Chunk, File
from ingest.files.ports import DatasetGate

MOST_NEIGHBOURS = 20
"""Chunks on either side of a passage."""

_LONGEST_READ = 500
"""Chunks of a file that are looked at for a page, a table or a whole text."""

_LONGEST_OUTLINE = 20_000
_LEAST_OVERLAP = 12
_MOST_OVERLAP = 6000
"""Characters that two chunks must share at least to count as overlapping, and in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands. `dataset_name` and `file_name` are for people, the ids for the next question."""

    dataset_id: str
    dataset_name: str
    file_id: str
    file_name: str
    mime_type: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk as it stands in its file. `content` is without what the piece before it has already."""

    chunk_id: str
    position: int
    content: str
    kind: BlockKind
    page: int | None
    heading_path: Sequence[str]
    token_count: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Pieces of one file in its order. `wanted` is the one that was asked for, where one was."""

    place: Place
    pieces: Sequence[Piece]
    wanted: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the first chunk below it, and the embedding model's tokens up to the next heading."""

    heading_path: Sequence[str]
    chunk_id: str
    page: int | None
    tokens: int


@dataclass(frozen=True, slots=True)
class Outline:
    place: Place
    sections: Sequence[Section]
    tables: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A chunk that holds the words as they are."""

    place: Place
    piece: Piece


@dataclass(frozen=True, slots=True)
class Reading:
    """All methods take the caller's session. ChunkIsNotThere and FileIsGone for what the caller may not see, too."""

    gate: DatasetGate

    def around(self, session: Session, principal: Principal, chunk_id: str, *, before: int, after: int) -> Excerpt:
        """The passage with its neighbours. More than MOST_NEIGHBOURS on a side are not given."""
        names = self.gate.readable_names(session, principal)
        found = session.execute(_visible(names).where(Chunk.id == chunk_id)).one_or_none()
        if found is None:
            raise ChunkIsNotThere(chunk_id)
        chunk, file = found
        first = chunk.position - min(before, MOST_NEIGHBOURS)
        last = chunk.position + min(after, MOST_NEIGHBOURS)
        chunks = _chunks(session, file, Chunk.position.between(first, last))
        return Excerpt(_place(file, names), _pieces(chunks), wanted=chunk_id, total=_count(session, file))

    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]:
        """Those of the chunks that the caller may read now."""
        if not chunk_ids:
            return frozenset()
        names = self.gate.readable_names(session, principal)
        wanted = _visible(names).where(Chunk.id.in_(sorted(chunk_ids))).with_only_columns(Chunk.id)
        return frozenset(session.scalars(wanted))

    def readable_files(self, session: Session, principal: Principal, file_ids: Collection[str]) -> frozenset[str]:
        """Those of the files that the caller may read now."""
        if not file_ids:
            return frozenset()
        names = self.gate.readable_names(session, principal)
        return frozenset(session.scalars(select(File.id).where(File.id.in_(sorted(file_ids)), _is_readable(names))))

    def outline(self, session: Session, principal: Principal, file_id: str) -> Outline:
        file, names = self._file(session, principal, file_id)
        chunks = _chunks(session, file, limit=_LONGEST_OUTLINE)
        return Outline(_place(file, names), _sections(chunks), len(_tables(chunks)), len(chunks))

    def page(self, session: Session, principal: Principal, file_id: str, page: int) -> Excerpt:
        """What starts on that page; no pieces where the file has no such page."""
        file, names = self._file(session, principal, file_id)
        chunks = _chunks(session, file, Chunk.page == page)
        return Excerpt(_place(file, names), _pieces(chunks), total=_count(session, file))

    def table(self, session: Session, principal: Principal, file_id: str, number: int) -> Excerpt:
        """The file's table of that number from 1, put together again where it was cut; no pieces where there is none.

        `total` is the number of tables.
        """
        file, names = self._file(session, principal, file_id)
        tables = _tables(_chunks(session, file, limit=_LONGEST_OUTLINE))
        wanted = tables[number - 1] if 1 <= number <= len(tables) else []
        return Excerpt(_place(file, names), _table_pieces(wanted), total=len(tables))

    def text(self, session: Session, principal: Principal, file_id: str, *, first: int = 0) -> Excerpt:
        """The file from the chunk at position `first` on, as far as one read goes."""
        file, names = self._file(session, principal, file_id)
        chunks = _chunks(session, file, Chunk.position >= first)
        return Excerpt(_place(file, names), _pieces(chunks), total=_count(session, file))

    def find(
        self, session: Session, principal: Principal, dataset_id: str, words: str, *, limit: int
    ) -> Sequence[Occurrence]:
        """Chunks of the dataset that hold the words, whatever their case. The gate's NotFound for the dataset."""
        self.gate.readable(session, principal, dataset_id)
        names = self.gate.readable_names(session, principal)
        wanted = _visible([dataset_id]).where(Chunk.content.icontains(words, autoescape=True))
        rows = session.execute(wanted.order_by(Chunk.file_id, Chunk.position).limit(limit))
        return [Occurrence(_place(file, names), _piece(chunk)) for chunk, file in rows]

    def files(self, session: Session, principal: Principal, *, limit: int, after: str = "") -> Sequence[Place]:
        """Files that can be read, by id: those after `after`."""
        names = self.gate.readable_names(session, principal)
        wanted = select(File).where(_is_readable(names), File.active_generation.is_not(None), File.id > after)
        return [_place(file, names) for file in session.scalars(wanted.order_by(File.id).limit(limit))]

    def _file(self, session: Session, principal: Principal, file_id: str) -> tuple[File, Mapping[str, str]]:
        names = self.gate.readable_names(session, principal)
        file = session.scalar(select(File).where(_is_readable(names), File.id == file_id))
        if file is None:
            raise FileIsGone(file_id)
        return file, names


def _is_readable(dataset_ids: Iterable[str]) -> ColumnElement[bool]:
    return File.dataset_id.in_(list(dataset_ids)) & File.deleted_at.is_(None) & File.enabled


def _visible(dataset_ids: Iterable[str]) -> Select[Chunk, File]:
    return (
        select(Chunk, File)
        .join(File, File.id == Chunk.file_id)
        .where(_is_readable(dataset_ids), Chunk.enabled, File.active_generation == Chunk.generation)
    )


def _chunks(session: Session, file: File, *conditions: ColumnElement[bool], limit: int = _LONGEST_READ) -> list[Chunk]:
    wanted = select(Chunk).where(
        Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.enabled, *conditions
    )
    return list(session.scalars(wanted.order_by(Chunk.position).limit(limit)))


def _count(session: Session, file: File) -> int:
    wanted = select(func.count()).where(
        Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.enabled
    )
    return session.scalar(wanted) or 0


def _place(file: File, names: Mapping[str, str]) -> Place:
    return Place(file.dataset_id, names[file.dataset_id], file.id, file.name, file.mime_type, file.url)


def _piece(chunk: Chunk, content: str | None = None) -> Piece:
    return Piece(
        chunk_id=chunk.id,
        position=chunk.position,
        content=chunk.content if content is None else content,
        kind=BlockKind(chunk.kind),
        page=chunk.page,
        heading_path=tuple(chunk.heading_path),
        token_count=chunk.token_count,
    )


def _pieces(chunks: Sequence[Chunk]) -> list[Piece]:
    pieces: list[Piece] = []
    before: Chunk | None = None
    for chunk in chunks:
        follows = before is not None and chunk.position == before.position + 1
        content = chunk.content[overlap(before.content, chunk.content) :] if before and follows else chunk.content
        pieces.append(_piece(chunk, content))
        before = chunk
    return pieces


def overlap(before: str, after: str) -> int:
    """How many characters at the start of `after` are the end of `before`; 0 for less than a few words."""
    longest = min(len(before), len(after), _MOST_OVERLAP)
    for length in range(longest, _LEAST_OVERLAP - 1, -1):
        if before.endswith(after[:length]):
            return length
    return 0


def _sections(chunks: Sequence[Chunk]) -> list[Section]:
    sections: list[Section] = []
    for chunk in chunks:
        path = tuple(chunk.heading_path)
        if sections and tuple(sections[-1].heading_path) == path:
            last = sections[-1]
            sections[-1] = replace(last, tokens=last.tokens + chunk.token_count)
        else:
            sections.append(Section(path, chunk.id, chunk.page, chunk.token_count))
    return sections


def _tables(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    """A table that was cut has its header in each part, which is how the parts are known."""
    tables: list[list[Chunk]] = []
    for chunk in chunks:
        if chunk.kind != BlockKind.TABLE:
            continue
        last = tables[-1][-1] if tables else None
        if last and chunk.position == last.position + 1 and _header(last.content) == _header(chunk.content) != "":
            tables[-1].append(chunk)
        else:
            tables.append([chunk])
    return tables


def _table_pieces(chunks: Sequence[Chunk]) -> list[Piece]:
    """The first part whole, of the others the rows."""
    return [_piece(chunk, chunk.content if n == 0 else _rows(chunk.content)) for n, chunk in enumerate(chunks)]


def _header(content: str) -> str:
    """The row above the rule of a Markdown table, and the rule; empty where it has none. The first part of a table may
    have its heading or its caption before them."""
    lines = content.splitlines()
    rule = _rule(lines)
    return "" if rule is None else "\n".join(lines[max(0, rule - 1) : rule + 1])


def _rows(content: str) -> str:
    lines = content.splitlines()
    rule = _rule(lines)
    return content if rule is None else "\n".join(lines[rule + 1 :])


def _rule(lines: Sequence[str]) -> int | None:
    return next((n for n, line in enumerate(lines) if set(line) <= set("|-: ") and "-" in line), None)
