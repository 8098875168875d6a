"""Blocks gathered in reading order, each with the headings above it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ingest.documents import Block, BlockKind, Box, Document, ParserEngine, ParseWarning, Table
from ingest.parsers.cleaning import clean, one_line
from ingest.parsers.errors import FileHasNoText, LimitExceeded
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import as_markdown

Boxes: TypeAlias = Sequence[Box]

_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f]+")
_MAX_HEADING = 300


class BlockCollector:
    """Takes blocks in reading order; blocks without text are dropped, and the characters are counted against
    `options.max_characters` (LimitExceeded)."""

    def __init__(self, options: ParseOptions) -> None:
        self._options = options
        self._blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []
        self._characters = 0
        self._rows = 0
        self.warnings: list[ParseWarning] = []
        self.pages_without_text: list[int] = []

    def heading(self, text: str, level: int, *, page: int | None = None, boxes: Boxes = ()) -> None:
        title = one_line(text)
        if not title:
            return
        if len(title) > _MAX_HEADING:  # a paragraph in a heading's clothes would sit in every path below it
            self.text(title, page=page, boxes=boxes)
            return
        level = min(max(level, 1), 6)
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._add(BlockKind.HEADING, title, page=page, boxes=boxes, level=level)
        self._path.append((level, title))

    def text(self, text: str, *, page: int | None = None, boxes: Boxes = ()) -> None:
        lines = (_BLANKS.sub(" ", line).strip() for line in clean(text).split("\n"))
        self._add(BlockKind.TEXT, "\n".join(line for line in lines if line), page=page, boxes=boxes)

    def list(self, items: Sequence[tuple[int, str]], *, page: int | None = None, boxes: Boxes = ()) -> None:
        """`items` are (depth from 0, text with its own marker if it has a meaningful one)."""
        lines = [f"{'  ' * depth}- {one_line(item)}" for depth, item in items if one_line(item)]
        self._add(BlockKind.LIST, "\n".join(lines), page=page, boxes=boxes)

    def code(self, text: str, *, page: int | None = None, boxes: Boxes = ()) -> None:
        self._add(BlockKind.CODE, clean(text).strip("\n").rstrip(), page=page, boxes=boxes)

    def table(self, table: Table, *, page: int | None = None, boxes: Boxes = ()) -> None:
        if not any(cell for row in table.rows for cell in row):
            return
        self.count_rows(len(table.rows))
        self._add(BlockKind.TABLE, as_markdown(table), page=page, boxes=boxes, table=table)

    def count_rows(self, rows: int) -> None:
        self._rows += rows
        self.check_rows(0)

    def check_rows(self, pending: int) -> None:
        """LimitExceeded when the rows so far and `pending` more are too many."""
        if self._rows + pending > self._options.max_rows:
            raise LimitExceeded(
                limit="table rows",
                allowed=self._options.max_rows,
                found=f"the file has at least {self._rows + pending} table rows",
                setting="CAIRN_PARSE_MAX_ROWS",
            )

    def warn(self, code: str, message: str, *, page: int | None = None) -> None:
        self.warnings.append(ParseWarning(code=code, message=message, page=page))

    def start_over_headings(self) -> None:
        """What follows stands under no heading so far."""
        self._path.clear()

    @property
    def has_headings(self) -> bool:
        return any(block.kind is BlockKind.HEADING for block in self._blocks)

    @property
    def characters(self) -> int:
        return self._characters

    @property
    def blocks(self) -> Sequence[Block]:
        return tuple(self._blocks)

    def document(
        self,
        *,
        mime_type: str,
        nothing: str,
        title: str | None = None,
        language: str | None = None,
        page_count: int | None = None,
        metadata: Mapping[str, str] | None = None,
        published_at: str | None = None,
    ) -> Document:
        """FileHasNoText with the sentence `nothing` when no block has been gathered. Without a title the first of
        the highest headings serves as one."""
        if not self._blocks:
            raise FileHasNoText(nothing)
        return Document(
            mime_type=mime_type,
            engine=ParserEngine.NODE_NATIVE,
            blocks=self.blocks,
            title=one_line(title or "") or self._first_heading(),
            language=language,
            page_count=page_count,
            metadata={key: one_line(value) for key, value in (metadata or {}).items() if one_line(value)},
            published_at=published_at,
            warnings=tuple(self.warnings),
            pages_without_text=tuple(self.pages_without_text),
        )

    def _first_heading(self) -> str | None:
        headings = [block for block in self._blocks if block.kind is BlockKind.HEADING]
        return min(headings, key=lambda block: block.level).text if headings else None

    def _add(
        self,
        kind: BlockKind,
        text: str,
        *,
        page: int | None,
        boxes: Boxes,
        level: int = 0,
        table: Table | None = None,
    ) -> None:
        if not text.strip():
            return
        self._characters += len(text)
        if self._characters > self._options.max_characters:
            raise LimitExceeded(
                limit="characters",
                allowed=self._options.max_characters,
                found=f"the file has at least {self._characters} characters of text",
                setting="CAIRN_PARSE_MAX_CHARACTERS",
            )
        path = tuple(title for _, title in self._path)
        self._blocks.append(Block(kind, text, level=level, heading_path=path, page=page, boxes=boxes, table=table))
