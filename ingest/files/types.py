"""Files and chunks as callers see and change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ingest.documents import BlockKind, Box, ParserEngine, ParseType


class FileStatus(StrEnum):
    """State of the newest build, as stored."""

    PENDING = "pending"
    PARSING = "parsing"
    EMBEDDING = "embedding"
    INDEXED = "indexed"
    ERROR = "error"


class ShownStatus(StrEnum):
    """As the API shows it: an indexed file that is switched off shows as disabled."""

    PENDING = "pending"
    PARSING = "parsing"
    EMBEDDING = "embedding"
    INDEXED = "indexed"
    ERROR = "error"
    DISABLED = "disabled"


class FileSource(StrEnum):
    UPLOAD = "upload"
    WEBSITE_CRAWL = "website_crawl"
    PUBLISHED_CONTENT = "published_content"
    COMPETITOR_RESEARCH = "competitor_research"


class UploadOutcome(StrEnum):
    """`identical`: the same bytes are there already, and nothing was done."""

    CREATED = "created"
    REPLACED = "replaced"
    IDENTICAL = "identical"


class GenerationState(StrEnum):
    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IngestOverrides:
    """Settings of one file that differ from its dataset's; None means the dataset's."""

    chunk_size: int | None = None
    chunk_overlap: int | None = None
    parse_type: ParseType | None = None
    parser_engine: ParserEngine | None = None
    only_main_content: bool | None = None


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """Bytes on their way in. The stream is read once, from its present position to its end.

    `separate`: a file of its own even where the same bytes are there under another name, because whoever brings it
    looks after it by that name.
    """

    file_name: str
    stream: BinaryIO
    labels: Mapping[str, str] = field(default_factory=dict)
    source: FileSource = FileSource.UPLOAD
    url: str | None = None
    separate: bool = False


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """What happened to one file. `job_id` is None where there is nothing to do."""

    id: str
    file_name: str
    status: ShownStatus
    outcome: UploadOutcome
    job_id: str | None


@dataclass(frozen=True, slots=True)
class RejectedFile:
    file_name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class UploadReceipt:
    uploaded: Sequence[UploadedFile]
    rejected: Sequence[RejectedFile]


@dataclass(frozen=True, slots=True)
class FileView:
    """`progress` is 0–100: chunks embedded over chunks known, with parsing as its first tenth. Of the
    `pages_total` that text recognition reads, `pages_done` are read."""

    id: str
    dataset_id: str
    name: str
    mime_type: str
    size_bytes: int
    status: ShownStatus
    progress: float
    chunks_count: int
    chunks_done: int
    chunks_total: int
    pages_done: int
    pages_total: int
    source: FileSource
    url: str | None
    labels: Mapping[str, str]
    enabled: bool
    error_code: str | None
    error_message: str | None
    generation: int
    page_count: int | None
    warnings: Sequence[str]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ChunkView:
    id: str
    file_id: str
    position: int
    content: str
    context: str
    kind: BlockKind
    token_count: int
    page: int | None
    heading_path: Sequence[str]
    boxes: Sequence[Box]
    enabled: bool
    overlay_id: str | None = None
    near_duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """The uploaded bytes as a local file that may be read until `release` is called."""

    path: Path
    file_name: str
    mime_type: str
    size_bytes: int
    sha256: str
    release: Callable[[], None]


@dataclass(frozen=True, slots=True)
class FileChange:
    """None leaves a field as it is; `re_ingest` builds the file anew with the settings of now."""

    enabled: bool | None = None
    re_ingest: bool = False
