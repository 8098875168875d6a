"""What a parser gives: a document as a sequence of blocks in reading order. And what a chunker makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


class ParserEngine(StrEnum):
    """Spelled as the published API spells them; NATIVE is accepted on input as NODE_NATIVE."""

    NODE_NATIVE = "NODE_NATIVE"
    DOCLING = "DOCLING"
    AUTO = "AUTO"


class ParseType(StrEnum):
    """How blocks become chunks."""

    NAIVE = "NAIVE"
    MARKDOWN = "MARKDOWN"
    MANUAL = "MANUAL"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in PDF points, origin at the top left: x grows right, y grows down."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as plain text; the first `header_rows` rows are the header. Every row has the same length."""

    rows: Sequence[Sequence[str]]
    header_rows: int = 1
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that a reader would see as one.

    `level` is 1–6 for headings and 0 otherwise. `heading_path` holds the titles above this block, outermost first;
    a heading's own title is not in its own path. `page` counts from 1 (slide, sheet) and is None where the format
    has no pages. A table's `text` is its Markdown rendering; `table` holds the cells.
    """

    kind: BlockKind
    text: str
    level: int = 0
    heading_path: Sequence[str] = ()
    page: int | None = None
    boxes: Sequence[Box] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class ParseWarning:
    """Something a person should know: `code` is stable, `message` is a sentence, `page` where it applies."""

    code: str
    message: str
    page: int | None = None


LITTLE_MAIN_CONTENT = "LITTLE_MAIN_CONTENT"
"""Code of the warning that a web page shows much more than was kept of it."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """A page read by text recognition. `confidence` from 0 to 1, a mean over the page's characters."""

    page: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `title` is the document's own (metadata or first heading), never the file name.

    `encoding` is how the bytes became text where the format does not say it by itself. `attachments` counts the files
    that came with a message; they are no part of the document.
    """

    mime_type: str
    engine: ParserEngine
    blocks: Sequence[Block]
    title: str | None = None
    language: str | None = None
    page_count: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    published_at: str | None = None
    warnings: Sequence[ParseWarning] = ()
    pages_without_text: Sequence[int] = ()
    ocr_pages: Sequence[OcrPage] = ()
    encoding: str | None = None
    encoding_was_guessed: bool = False
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """Sizes in the embedding model's tokens. `size` bounds what the model reads of a chunk: context and content
    together. `separators` are used by MANUAL only."""

    parse_type: ParseType
    size: int
    overlap: int
    separators: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A chunk before it has an id. `context` is for the embedding and keyword legs and is not shown as content.

    `table_part` counts from 1 the chunks of a table that was too long for one; 0 for any other. `gist` is a packed one
    of kit.gists, empty for a content of a few words.
    """

    position: int
    content: str
    context: str
    kind: BlockKind
    token_count: int
    page: int | None = None
    heading_path: Sequence[str] = ()
    boxes: Sequence[Box] = ()
    table_part: int = 0
    gist: bytes = b""
