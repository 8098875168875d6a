"""Bounds and defaults of ingestion, handed down by the composition root as values."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.documents import ParserEngine, ParseType
from kit.errors import Detail, Invalid

MIN_CHUNK_SIZE, MAX_CHUNK_SIZE = 128, 2048
MIN_CHUNK_OVERLAP, MAX_CHUNK_OVERLAP = 0, 512
OCR_PAGES, MAX_OCR_PAGES = 100, 2000  # where a dataset does not say; and the most that it may say


@dataclass(frozen=True, slots=True)
class ChunkDefaults:
    """What a new dataset starts with."""

    size: int
    overlap: int
    parse_type: ParseType = ParseType.MARKDOWN
    parser_engine: ParserEngine = ParserEngine.NODE_NATIVE


@dataclass(frozen=True, slots=True)
class Ocr:
    """Text recognition in a dataset: off, or on for up to `max_pages` pages of a file."""

    max_pages: int | None = None


@dataclass(frozen=True, slots=True)
class OcrLimits:
    """Of one file under text recognition: `page_seconds` for each page, `memory_bytes` in all."""

    page_seconds: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class DoclingLimits:
    """Of one file that Docling reads: `page_seconds` for each page of a PDF, `memory_bytes` in all."""

    page_seconds: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """In files and bytes; `waiting` is the number of unfinished jobs past which uploads are put off."""

    files: int
    file_bytes: int
    batch_bytes: int
    waiting: int


def check_chunking(*, size: int, overlap: int) -> None:
    """Invalid with each offending field when the pair is outside the published limits."""
    details = []
    if not MIN_CHUNK_SIZE <= size <= MAX_CHUNK_SIZE:
        details.append(Detail("chunkSize", f"{size} is outside {MIN_CHUNK_SIZE}–{MAX_CHUNK_SIZE} tokens"))
    if not MIN_CHUNK_OVERLAP <= overlap <= MAX_CHUNK_OVERLAP:
        details.append(Detail("chunkOverlap", f"{overlap} is outside {MIN_CHUNK_OVERLAP}–{MAX_CHUNK_OVERLAP} tokens"))
    elif overlap >= size:
        details.append(Detail("chunkOverlap", f"{overlap} must be smaller than chunkSize {size}"))
    if details:
        raise Invalid("; ".join(f"{d.field}: {d.message}" for d in details), details=details)
