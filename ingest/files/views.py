"""From rows to what callers see."""

from __future__ import annotations

from ingest.documents import BlockKind, Box
from ingest.files.models import Chunk, File
from ingest.files.repository import FileRow
from ingest.files.types import ChunkView, FileSource, FileStatus, FileView, ShownStatus

PARSED_PERCENT = 10.0
"""Progress of a file that is parsed and has no chunk embedded yet."""


def file_view(row: FileRow) -> FileView:
    file, latest = row.file, row.latest
    return FileView(
        id=file.id,
        dataset_id=file.dataset_id,
        name=file.name,
        mime_type=file.mime_type,
        size_bytes=file.size_bytes,
        status=shown_status(file),
        progress=progress(file),
        chunks_count=row.active_chunks or 0,
        chunks_done=file.chunks_done,
        chunks_total=file.chunks_total,
        pages_done=file.pages_done,
        pages_total=file.pages_total,
        source=FileSource(file.source),
        url=file.url,
        labels=dict(file.labels),
        enabled=file.enabled,
        error_code=file.error_code,
        error_message=file.error_message,
        generation=file.latest_generation,
        page_count=latest.page_count if latest else None,
        warnings=[_sentence(warning) for warning in (latest.warnings if latest else [])],
        created_at=file.created_at,
        updated_at=file.updated_at,
    )


def shown_status(file: File) -> ShownStatus:
    if file.status == FileStatus.INDEXED and not file.enabled:
        return ShownStatus.DISABLED
    return ShownStatus(file.status)


def progress(file: File) -> float:
    """In percent."""
    match FileStatus(file.status):
        case FileStatus.INDEXED:
            return 100.0
        case FileStatus.EMBEDDING:
            done = file.chunks_done / max(file.chunks_total, 1)
            return round(PARSED_PERCENT + (100.0 - PARSED_PERCENT) * done, 1)
        case FileStatus.PARSING:
            return round(PARSED_PERCENT * file.pages_done / max(file.pages_total, 1), 1)
        case _:
            return 0.0


def chunk_view(chunk: Chunk, *, near_duplicate_of: str | None = None) -> ChunkView:
    return ChunkView(
        id=chunk.id,
        file_id=chunk.file_id,
        position=chunk.position,
        content=chunk.content,
        context=chunk.context,
        kind=BlockKind(chunk.kind),
        token_count=chunk.token_count,
        page=chunk.page,
        heading_path=tuple(chunk.heading_path),
        boxes=[_box(box) for box in chunk.boxes],
        enabled=chunk.enabled,
        overlay_id=chunk.overlay_id,
        near_duplicate_of=near_duplicate_of,
    )


def _box(box: dict[str, float]) -> Box:
    return Box(int(box["page"]), box["left"], box["top"], box["right"], box["bottom"])


def _sentence(warning: dict[str, object]) -> str:
    page = warning.get("page")
    return f"page {page}: {warning['message']}" if page is not None else str(warning["message"])
