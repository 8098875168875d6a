"""Datasets as callers see and change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.documents import ParserEngine, ParseType
from ingest.redaction.types import NOTHING, Redaction
from ingest.reports.scans import Scans
from ingest.settings import Ocr
from retrieval.search.fusion import DatasetTuning

EVERY_AGENT_ROLE = "*"
"""In `allowed_agent_roles`: any agent. An empty list lets no agent in."""


class DatasetStatus(StrEnum):
    """`building` while any file is on its way, `error` when the newest build of some file failed and none is."""

    ACTIVE = "active"
    BUILDING = "building"
    ERROR = "error"


class ShelfState(StrEnum):
    """`filling`: vectors of another model are being made there. `kept`: it was searched before, and may be again.
    `dropping`: it is being emptied."""

    FILLING = "filling"
    KEPT = "kept"
    DROPPING = "dropping"


class ChangeState(StrEnum):
    """`filling`: vectors are being made beside those that are searched. `ready`: they are complete and wait for a
    person. The others are ends."""

    FILLING = "filling"
    READY = "ready"
    SWITCHED = "switched"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewDataset:
    """None means the installation's default."""

    name: str
    description: str | None = None
    chunk_size: int | None = None
    chunk_overlap: int | None = None
    parse_type: ParseType | None = None
    parser_engine: ParserEngine | None = None
    separators: Sequence[str] = ()
    redaction: Redaction = NOTHING
    allowed_agent_roles: Sequence[str] = ()
    tuning: DatasetTuning = field(default_factory=DatasetTuning)
    ocr: Ocr = field(default_factory=Ocr)
    only_main_content: bool = True


@dataclass(frozen=True, slots=True)
class DatasetChange:
    """None leaves a field as it is; the fields of `tuning` and of `ocr` are changed together."""

    name: str | None = None
    description: str | None = None
    chunk_size: int | None = None
    chunk_overlap: int | None = None
    parse_type: ParseType | None = None
    parser_engine: ParserEngine | None = None
    separators: Sequence[str] | None = None
    redaction: Redaction | None = None
    allowed_agent_roles: Sequence[str] | None = None
    tuning: DatasetTuning | None = None
    ocr: Ocr | None = None
    only_main_content: bool | None = None


@dataclass(frozen=True, slots=True)
class DatasetView:
    """`total_files` and `total_chunks` count what is not deleted; chunks are those of the active generations."""

    id: str
    tenant_id: str
    name: str
    description: str | None
    status: DatasetStatus
    total_files: int
    total_chunks: int
    embedding_provider: str
    embedding_model: str
    vector_size: int
    collection: str
    chunk_size: int
    chunk_overlap: int
    parse_type: ParseType
    parser_engine: ParserEngine
    separators: Sequence[str]
    redaction: Redaction
    allowed_agent_roles: Sequence[str]
    tuning: DatasetTuning
    ocr: Ocr
    only_main_content: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReindexReceipt:
    jobs_queued: int
    estimated_minutes: float


@dataclass(frozen=True, slots=True)
class ReindexCost:
    """What building all files anew would take: their number, the chunks they have now, and how long at the pace of the
    last builds. `scans` is what text recognition would read, where it is on."""

    files: int
    chunks: int
    estimated_minutes: float
    scans: Scans
