"""What is known of how a file was ingested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.documents import BlockKind, OcrPage, ParseWarning
from ingest.files.types import ShownStatus
from ingest.redaction.types import PersonalKind

MOST_COMPARED = 5000
"""Chunks of one file that are looked at for a report."""


class Stage(StrEnum):
    """In the order of a build. `waiting` is the time in the queue."""

    WAITING = "waiting"
    READING = "reading"
    CHUNKING = "chunking"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class LengthBucket:
    """`chunks` have at least `from_tokens` and fewer than `to_tokens`; the last bucket has no end."""

    from_tokens: int
    to_tokens: int | None
    chunks: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` is None for formats that say it themselves. `lost_characters`: those that came out as U+FFFD."""

    name: str | None = None
    was_guessed: bool = False
    lost_characters: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The one setting that would help most. `code` is stable."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Measured where the file is read and cut, and kept with its generation.

    `tables_split` were too long for one chunk. `tokens` are those of all chunks' contents, overlaps counted twice.
    `duplicate_chunks` say what another chunk of the file says. `instructions` are the positions of chunks that read as
    if they spoke to an assistant: the first hundred. `redacted` counts what stands as a placeholder, where the dataset
    asks for that.
    """

    language: str | None
    pages_without_text: Sequence[int]
    ocr_pages: Sequence[OcrPage]
    blocks: Mapping[BlockKind, int]
    tables_found: int
    tables_split: int
    characters: int
    tokens: int
    chunk_lengths: Sequence[LengthBucket]
    duplicate_chunks: int
    encoding: Encoding
    seconds: Mapping[Stage, float] = field(default_factory=dict)
    instructions: Sequence[int] = ()
    redacted: Mapping[PersonalKind, int] = field(default_factory=dict)


NOTHING_READ = Reading(
    language=None,
    pages_without_text=(),
    ocr_pages=(),
    blocks={},
    tables_found=0,
    tables_split=0,
    characters=0,
    tokens=0,
    chunk_lengths=(),
    duplicate_chunks=0,
    encoding=Encoding(),
)
"""Of a file that is not parsed yet, or could not be."""


@dataclass(frozen=True, slots=True)
class IngestionReport:
    """Of the newest build of a file. `reading` is None until it is parsed, or where it could not be.

    `truncations` are chunks that the embedding model did not read to their end; anything but 0 is a defect.
    `near_duplicates` are chunks that say nearly what another one of the dataset says, of the first MOST_COMPARED; None
    while the build is not searched.
    """

    file_id: str
    file_name: str
    generation: int
    status: ShownStatus
    engine_wanted: str
    engine_used: str | None
    mime_type: str
    title: str | None
    pages: int | None
    chunks: int
    truncations: int
    reading: Reading | None
    seconds: Mapping[Stage, float]
    warnings: Sequence[ParseWarning]
    error_code: str | None
    error_message: str | None
    suggestion: Suggestion | None
    near_duplicates: int | None
    started_at: datetime
    finished_at: datetime | None
