"""Files as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from api.fields import Flag, RequestBody, ResponseBody
from ingest.files.types import FileChange, FileSource, FileView, ShownStatus


class FileSummary(ResponseBody):
    id: str
    file_name: str
    mime_type: str
    file_size_bytes: int
    status: ShownStatus
    chunks_count: int
    source: FileSource
    enabled: bool
    error_message: str | None
    created_on: datetime

    @classmethod
    def of(cls, view: FileView) -> FileSummary:
        return cls(
            id=view.id,
            file_name=view.name,
            mime_type=view.mime_type,
            file_size_bytes=view.size_bytes,
            status=view.status,
            chunks_count=view.chunks_count,
            source=view.source,
            enabled=view.enabled,
            error_message=view.error_message,
            created_on=view.created_at,
        )


class FileRecord(FileSummary):
    """A single file with all that is known of it."""

    dataset_id: str
    progress: float = Field(ge=0, le=100)
    error_code: str | None
    page_count: int | None
    warnings: Sequence[str] = Field(description="What a person should know about how the file was read")
    metadata: Mapping[str, str] = Field(description="Labels given at upload; `filter.metadata` of a search uses them")
    url: str | None
    updated_on: datetime

    @classmethod
    def in_full(cls, view: FileView) -> FileRecord:
        return cls(
            **dict(FileSummary.of(view)),
            dataset_id=view.dataset_id,
            progress=view.progress,
            error_code=view.error_code,
            page_count=view.page_count,
            warnings=view.warnings,
            metadata=view.labels,
            url=view.url,
            updated_on=view.updated_at,
        )


class FileModification(RequestBody):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"example": {"enabled": False}})

    enabled: Flag | None = Field(None, description="Whether searches find the file; switching keeps its chunks")
    re_ingest: Flag | None = Field(
        None, description="Parse and embed it anew with the settings of now; the old chunks stay until then"
    )

    def to_change(self) -> FileChange:
        return FileChange(enabled=self.enabled, re_ingest=bool(self.re_ingest))


class IngestionStatus(ResponseBody):
    file_id: str
    status: ShownStatus
    progress: float = Field(ge=0, le=100, description="Chunks embedded over chunks known; parsing is the first tenth")
    chunks_count: int
    error_message: str | None

    @classmethod
    def of(cls, view: FileView) -> IngestionStatus:
        return cls(
            file_id=view.id,
            status=view.status,
            progress=view.progress,
            chunks_count=view.chunks_count,
            error_message=view.error_message,
        )


class FileDeleted(ResponseBody):
    model_config = ConfigDict(json_schema_extra={"example": {"deleted": True, "chunksRemoved": 42}})

    deleted: Literal[True] = True
    chunks_removed: int


class Pagination(ResponseBody):
    limit: int
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    has_more: bool
