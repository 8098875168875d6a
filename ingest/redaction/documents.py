"""A parsed document without its personal data: blocks, tables, headings, title and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.documents import Block, Document, Table
from ingest.parsers.tables import as_markdown
from ingest.redaction.redactor import Redactor


def redacted(document: Document, redactor: Redactor) -> Document:
    """Done before anything is cut: chunks, contexts, vectors and keywords are made of what is left."""
    return replace(
        document,
        blocks=[_block(block, redactor) for block in document.blocks],
        title=None if document.title is None else redactor.text(document.title, counted=False),
        metadata={name: redactor.text(value, counted=False) for name, value in document.metadata.items()},
        warnings=[
            replace(warning, message=redactor.text(warning.message, counted=False)) for warning in document.warnings
        ],
    )


def _block(block: Block, redactor: Redactor) -> Block:
    path = tuple(redactor.text(heading, counted=False) for heading in block.heading_path)
    if block.table is None:
        return replace(block, text=redactor.text(block.text), heading_path=path)
    table = _table(block.table, redactor)
    return replace(block, text=as_markdown(table), table=table, heading_path=path)


def _table(table: Table, redactor: Redactor) -> Table:
    """A cell is read with the head of its column and its neighbour to the left, which often say what it holds."""
    heads = [_head(table, column) for column in range(len(table.rows[0]) if table.rows else 0)]
    return replace(
        table, rows=tuple(_row(row, heads, redactor) for row in table.rows), caption=redactor.text(table.caption)
    )


def _head(table: Table, column: int) -> str:
    return " ".join(row[column] for row in table.rows[: table.header_rows])


def _row(row: Sequence[str], heads: Sequence[str], redactor: Redactor) -> tuple[str, ...]:
    left = ("", *row)
    return tuple(
        redactor.text(cell, near=f"{head} {beside}") for cell, head, beside in zip(row, heads, left, strict=False)
    )
