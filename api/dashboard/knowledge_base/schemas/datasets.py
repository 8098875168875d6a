"""Datasets as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.dashboard.knowledge_base.schemas.choices import (
    ONLY_MAIN_CONTENT,
    AgentRoles,
    ChunkOverlap,
    ChunkSize,
    Countries,
    DatasetName,
    Description,
    EngineChoice,
    ParseChoice,
    PersonalKinds,
    Separators,
)
from api.dashboard.knowledge_base.schemas.files import FileSummary
from api.fields import NO_COERCION, Flag, RequestBody, ResponseBody
from ingest.datasets.types import DatasetChange, DatasetStatus, DatasetView, NewDataset, ReindexCost, ReindexReceipt
from ingest.documents import ParserEngine, ParseType
from ingest.files.types import FileView
from ingest.redaction.types import PersonalKind, Redaction
from ingest.settings import MAX_OCR_PAGES, OCR_PAGES, Ocr
from retrieval.search.fusion import DatasetTuning, FusionKind


class SearchSettings(RequestBody):
    """How the dataset is searched where a search does not say. Null: the installation's default."""

    hybrid_alpha: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NO_COERCION] | None = None
    fusion: FusionKind | None = None

    def to_tuning(self) -> DatasetTuning:
        return DatasetTuning(alpha=self.hybrid_alpha, fusion=self.fusion)


class DatasetSearch(ResponseBody):
    """Null: the installation's default."""

    hybrid_alpha: float | None
    fusion: FusionKind | None


class RedactionSettings(RequestBody):
    """Which personal data is replaced by placeholders such as `[EMAIL]` before a file is cut and indexed."""

    model_config = ConfigDict(json_schema_extra={"example": {"kinds": ["email", "phone"], "countries": ["GB", "DE"]}})

    kinds: PersonalKinds = Field(default_factory=list)
    countries: Countries = Field(default_factory=list)

    def to_redaction(self) -> Redaction:
        return Redaction.restored({"kinds": self.kinds, "countries": self.countries})


class DatasetRedaction(ResponseBody):
    """No kinds: nothing is replaced."""

    kinds: Sequence[PersonalKind]
    countries: Sequence[str]


class OcrSettings(RequestBody):
    """Text recognition for pages without text, and for pictures."""

    enabled: Flag
    max_pages: Annotated[int, Field(ge=1, le=MAX_OCR_PAGES, description="Of one file"), NO_COERCION] = OCR_PAGES

    def to_ocr(self) -> Ocr:
        return Ocr(self.max_pages if self.enabled else None)


class DatasetOcr(ResponseBody):
    enabled: bool
    max_pages: int | None = Field(description="Of one file; null where it is off")


class DatasetCreation(RequestBody):
    """What is left out is the installation's default."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "Product handbook", "chunkSize": 512, "chunkOverlap": 64, "allowedAgentRoles": ["*"]}
        }
    )

    name: DatasetName
    description: Description | None = None
    chunk_size: ChunkSize | None = None
    chunk_overlap: ChunkOverlap | None = None
    parse_type: ParseChoice | None = None
    parser_engine: EngineChoice | None = None
    separators: Separators = Field(default_factory=list)
    redaction: RedactionSettings = RedactionSettings()
    allowed_agent_roles: AgentRoles = Field(default_factory=list)
    ocr: OcrSettings | None = Field(None, description="Off where it is left out")
    only_main_content: Flag = Field(True, description=ONLY_MAIN_CONTENT)
    search: SearchSettings = SearchSettings()

    def to_new(self) -> NewDataset:
        return NewDataset(
            name=self.name,
            description=self.description,
            chunk_size=self.chunk_size,
            chunk_overlap=self.chunk_overlap,
            parse_type=self.parse_type,
            parser_engine=self.parser_engine,
            separators=tuple(self.separators),
            redaction=self.redaction.to_redaction(),
            allowed_agent_roles=tuple(self.allowed_agent_roles),
            tuning=self.search.to_tuning(),
            ocr=Ocr() if self.ocr is None else self.ocr.to_ocr(),
            only_main_content=self.only_main_content,
        )


class DatasetConfiguration(RequestBody):
    """What is left out, or null, stays as it is. Files that are there keep their chunks until they are re-indexed."""

    model_config = ConfigDict(json_schema_extra={"example": {"chunkSize": 800, "chunkOverlap": 100}})

    name: DatasetName | None = None
    description: Description | None = Field(None, description="An empty text removes it")
    chunk_size: ChunkSize | None = None
    chunk_overlap: ChunkOverlap | None = None
    parse_type: ParseChoice | None = None
    parser_engine: EngineChoice | None = None
    separators: Separators | None = None
    redaction: RedactionSettings | None = Field(
        None, description="Replaces the former settings as a whole, and holds for files that are built from now on"
    )
    allowed_agent_roles: AgentRoles | None = None
    ocr: OcrSettings | None = Field(None, description="Replaces the former settings as a whole")
    only_main_content: Flag | None = Field(None, description=ONLY_MAIN_CONTENT)
    search: SearchSettings | None = Field(None, description="Replaces the former settings as a whole")

    def to_change(self) -> DatasetChange:
        roles = self.allowed_agent_roles
        return DatasetChange(
            name=self.name,
            description=self.description,
            chunk_size=self.chunk_size,
            chunk_overlap=self.chunk_overlap,
            parse_type=self.parse_type,
            parser_engine=self.parser_engine,
            separators=None if self.separators is None else tuple(self.separators),
            redaction=None if self.redaction is None else self.redaction.to_redaction(),
            allowed_agent_roles=None if roles is None else tuple(roles),
            tuning=None if self.search is None else self.search.to_tuning(),
            ocr=None if self.ocr is None else self.ocr.to_ocr(),
            only_main_content=self.only_main_content,
        )


class DatasetSummary(ResponseBody):
    id: str
    name: str
    description: str | None
    status: DatasetStatus = Field(
        description="`building` while any file is on its way; `error` when the newest build of some file failed"
    )
    total_files: int
    total_chunks: int
    embedding_model: str
    allowed_agent_roles: Sequence[str]
    search: DatasetSearch
    created_on: datetime

    @classmethod
    def of(cls, view: DatasetView) -> DatasetSummary:
        return cls(
            id=view.id,
            name=view.name,
            description=view.description or None,
            status=view.status,
            total_files=view.total_files,
            total_chunks=view.total_chunks,
            embedding_model=view.embedding_model,
            allowed_agent_roles=view.allowed_agent_roles,
            search=DatasetSearch(hybrid_alpha=view.tuning.alpha, fusion=view.tuning.fusion),
            created_on=view.created_at,
        )


class DatasetList(ResponseBody):
    data: list[DatasetSummary]


class DatasetDetail(DatasetSummary):
    """A dataset with its settings and its files, oldest first."""

    embedding_provider: str
    vector_size: int
    chunk_size: int
    chunk_overlap: int
    parse_type: ParseType
    parser_engine: ParserEngine
    separators: Sequence[str]
    redaction: DatasetRedaction
    ocr: DatasetOcr
    only_main_content: bool = Field(description=ONLY_MAIN_CONTENT)
    qdrant_collection: str
    updated_on: datetime
    files: list[FileSummary]

    @classmethod
    def with_files(cls, view: DatasetView, files: Sequence[FileView]) -> DatasetDetail:
        return cls(
            **dict(DatasetSummary.of(view)),
            embedding_provider=view.embedding_provider,
            vector_size=view.vector_size,
            chunk_size=view.chunk_size,
            chunk_overlap=view.chunk_overlap,
            parse_type=view.parse_type,
            parser_engine=view.parser_engine,
            separators=view.separators,
            redaction=DatasetRedaction(kinds=view.redaction.kinds, countries=view.redaction.countries),
            ocr=DatasetOcr(enabled=view.ocr.max_pages is not None, max_pages=view.ocr.max_pages),
            only_main_content=view.only_main_content,
            qdrant_collection=view.collection,
            updated_on=view.updated_at,
            files=[FileSummary.of(file) for file in files],
        )


class Deleted(ResponseBody):
    deleted: Literal[True] = True


class Reindexing(ResponseBody):
    model_config = ConfigDict(json_schema_extra={"example": {"jobsQueued": 42, "estimatedMinutes": 3.5}})

    jobs_queued: int = Field(description="Files that are going to be built anew; those on their way already count")
    estimated_minutes: float

    @classmethod
    def of(cls, receipt: ReindexReceipt) -> Reindexing:
        return cls(jobs_queued=receipt.jobs_queued, estimated_minutes=receipt.estimated_minutes)


class ReindexingCost(ResponseBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"files": 42, "chunks": 1830, "estimatedMinutes": 3.5, "scannedPages": 12, "unreadScans": 1}
        }
    )

    files: int
    chunks: int = Field(description="As the files are cut now; other settings make more or fewer")
    estimated_minutes: float = Field(description="At the pace of the last builds")
    scanned_pages: int = Field(description="Without a text layer: text recognition, where it is on, reads each of them")
    unread_scans: int = Field(
        description="Files that failed because text recognition is off; how many pages they have is not known"
    )

    @classmethod
    def of(cls, cost: ReindexCost) -> ReindexingCost:
        return cls(
            files=cost.files,
            chunks=cost.chunks,
            estimated_minutes=cost.estimated_minutes,
            scanned_pages=cost.scans.pages,
            unread_scans=cost.scans.unread_files,
        )
