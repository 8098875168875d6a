"""Large tables in parts that can be read alone: rows under their header, or some columns of a row that is too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ingest.chunking.source import Source
from ingest.documents import Block, BlockKind, Table
from ingest.parsers.tables import as_markdown
from retrieval.embedding.protocol import TokenCounter

Row: TypeAlias = Sequence[str]
Column: TypeAlias = tuple[str, str]  # of one row: the header, cut if need be, and the cell


@dataclass(frozen=True, slots=True)
class TableSplitter:
    """`room` in tokens is what each part may have."""

    room: int
    tokens: TokenCounter

    def split(self, table: Table) -> Iterator[str]:
        """Markdown of each part. Every cell is in one of them, and where one is divided, all of its parts are; the
        caption is left to the caller."""
        header, rows = table.rows[: table.header_rows], table.rows[table.header_rows :]
        taken = self._header_tokens(header, columns=len(table.rows[0]))
        counts = [self.tokens.count("\n" + _line(row)) for row in rows]
        header_is_long = taken * 2 > self.room
        if (header_is_long or taken + min(counts, default=0) > self.room) and self._hides_some(header, rows):
            yield from self._by_columns((), header)  # in full once
        if header_is_long:
            yield from self._by_columns(header, rows)
        else:
            yield from self._by_rows(header, rows, counts, taken=taken)

    def _by_rows(
        self, header: Sequence[Row], rows: Sequence[Row], counts: Sequence[int], *, taken: int
    ) -> Iterator[str]:
        part: list[Row] = []
        used = taken
        for row, count in zip(rows, counts, strict=True):
            if part and used + count > self.room:
                yield _markdown(header, part)
                part, used = [], taken
            if taken + count > self.room:
                yield from self._by_columns(header, (row,))
            else:
                part.append(row)
                used += count
        if part or not rows:
            yield _markdown(header, part)

    def _by_columns(self, header: Sequence[Row], rows: Sequence[Row]) -> Iterator[str]:
        """Each row by itself, as many columns a part as fit. Its first cell, which mostly says what the row is about,
        is repeated if it is short."""
        labels = [self._label(header, column) for column in range(len(rows[0]))] if rows else []
        for row in rows:
            columns = list(zip(labels, row, strict=True))
            key = columns[:1] if self._count_columns(columns[:1]) * 4 <= self.room else []
            part = list(key)
            for column in columns[len(key) :]:
                if len(part) > len(key) and self._count_columns([*part, column]) > self.room:
                    yield from self._part(part)
                    part = list(key)
                part.append(column)
            yield from self._part(part)

    def _part(self, part: Sequence[Column]) -> Iterator[str]:
        """The columns, or those cells of them that are too long by themselves, in pieces."""
        if not any(cell for _, cell in part):
            return
        if self._count_columns(part) <= self.room:
            yield _columns_markdown(part)
            return
        *key, (label, cell) = part
        kept, overhead = self._kept(key, label)
        if len(kept) < len(part):
            yield _columns_markdown(key)
        if kept[-1][0] != label:
            yield _columns_markdown([("", label)])
        for piece in self._pieces(cell, room=max(1, self.room - overhead)):
            yield _columns_markdown([*kept[:-1], (kept[-1][0], piece)])

    def _kept(self, key: Sequence[Column], label: str) -> tuple[Sequence[Column], int]:
        """What is repeated with each piece of a cell, and its tokens: as much as leaves half the room to the data."""
        for kept in ([*key, (label, "")], [(label, "")]):
            overhead = self._count_columns(kept)
            if overhead * 2 <= self.room:
                return kept, overhead
        bare = [("", "")]
        return bare, self._count_columns(bare)

    def _label(self, header: Sequence[Row], column: int) -> str:
        """Cut to a quarter of the room."""
        return next(self._pieces(_full_label(header, column), room=self.room // 4), "")

    def _hides_some(self, header: Sequence[Row], rows: Sequence[Row]) -> bool:
        """Whether parts made of columns would nowhere show some of the header: labels cut, or no data below one."""
        for column in range(len(header[0]) if header else 0):
            full = _full_label(header, column)
            if full and (self._label(header, column) != full or not any(row[column] for row in rows)):
                return True
        return False

    def _pieces(self, text: str, *, room: int) -> Iterator[str]:
        """The text cut behind words where possible, each piece of at most `room` tokens as counted by itself."""
        rest = Source(Block(BlockKind.TEXT, text), text, tokens=self.tokens).whole()
        wanted = room
        while rest.start < rest.end:
            part, after = rest.cut(wanted)
            if wanted > 1 and self.tokens.count(_escaped(part.text)) > room:
                wanted //= 2
                continue
            yield part.text
            rest, wanted = after, room

    def _header_tokens(self, header: Sequence[Row], *, columns: int) -> int:
        return self.tokens.count(_markdown(header or ((("",) * columns),), ()))

    def _count_columns(self, columns: Sequence[Column]) -> int:
        return self.tokens.count(_columns_markdown(columns))


def _columns_markdown(columns: Sequence[Column]) -> str:
    labels = tuple(label for label, _ in columns)
    return _markdown((labels,) if any(labels) else (), (tuple(cell for _, cell in columns),))


def _full_label(header: Sequence[Row], column: int) -> str:
    """The column's headers in one."""
    return " / ".join(dict.fromkeys(row[column] for row in header if row[column]))


def _markdown(header: Sequence[Row], rows: Sequence[Row]) -> str:
    return as_markdown(Table(rows=(*header, *rows), header_rows=len(header)))


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _line(row: Row) -> str:
    return "| " + " | ".join(map(_escaped, row)) + " |"
