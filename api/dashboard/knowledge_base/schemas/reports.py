"""The ingestion report of a file as the dashboard sends it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.fields import ResponseBody
from ingest.documents import BlockKind, ParserEngine, ParseWarning
from ingest.files.types import ShownStatus
from ingest.redaction.types import PersonalKind
from ingest.reports import types
from ingest.reports.types import Stage


class EncodingFound(ResponseBody):
    name: str | None = Field(description="How the bytes became text; null where the format says it by itself")
    was_guessed: bool
    lost_characters: int = Field(description="Characters that no encoding explains and that stand as U+FFFD")


class OcrPage(ResponseBody):
    page: int
    confidence: float = Field(ge=0, le=1)


class LengthBucket(ResponseBody):
    from_tokens: int
    to_tokens: int | None = Field(description="Chunks in this bucket have fewer tokens; null for the last bucket")
    chunks: int


class ReportWarning(ResponseBody):
    code: str = Field(description="A stable word for programs")
    message: str
    page_number: int | None

    @classmethod
    def of(cls, warning: ParseWarning) -> ReportWarning:
        return cls(code=warning.code, message=warning.message, page_number=warning.page)


class StageSeconds(ResponseBody):
    stage: Stage
    seconds: float = Field(ge=0)


class Remark(ResponseBody):
    code: str = Field(description="A stable word for programs")
    message: str = Field(description="A sentence for people")


class BlockCount(ResponseBody):
    kind: BlockKind
    blocks: int


class RedactionCount(ResponseBody):
    kind: PersonalKind
    count: int


class IngestionReport(ResponseBody):
    """How the newest build of a file went. Before the file is parsed, or where it could not be, counts are 0."""

    file_id: str
    file_name: str
    generation: int
    status: ShownStatus
    parser_engine: ParserEngine = Field(description="The engine that the settings ask for")
    engine_used: ParserEngine | None = Field(description="The engine that read the file; null until it is read")
    mime_type: str
    title: str | None
    language: str | None = Field(description="ISO 639-1; null where it cannot be told")
    page_count: int | None = Field(description="Pages, slides or sheets; null for formats without any")
    pages_without_text: list[int]
    ocr_pages: list[OcrPage] = Field(description="Pages that were read by text recognition")
    tables_found: int
    tables_split: int = Field(description="Tables too long for one chunk; each part repeats the header")
    blocks: list[BlockCount] = Field(description="What the parser found, by kind")
    characters: int
    tokens: int = Field(description="Of all chunks; what overlaps counts twice")
    chunks_count: int
    truncations: int = Field(description="Chunks that the embedding model did not read to the end; 0 unless defective")
    duplicate_chunks: int = Field(description="Chunks that say what another one says")
    near_duplicate_chunks: int | None = Field(
        description="Chunks that say nearly what another one of the dataset says, of the first 5,000; null until this "
        "build is searched"
    )
    instruction_chunks: list[int] = Field(
        description="Positions of chunks that read as if they gave orders to an assistant; the first hundred"
    )
    redactions: list[RedactionCount] = Field(
        description="How much personal data stands as placeholders, by kind; what it was is in the original alone"
    )
    encoding: EncodingFound
    chunk_lengths: list[LengthBucket] = Field(description="How many chunks have how many tokens")
    warnings: list[ReportWarning]
    stages: list[StageSeconds] = Field(description="What took how long, in the order of the build")
    suggestion: Remark | None = Field(description="The one setting that would help most")
    error: Remark | None = Field(description="Why the build failed")
    started_on: datetime
    finished_on: datetime | None

    @classmethod
    def of(cls, report: types.IngestionReport) -> IngestionReport:
        failed = report.error_code is not None
        return cls(
            **_of_reading(report.reading),
            file_id=report.file_id,
            file_name=report.file_name,
            generation=report.generation,
            status=report.status,
            parser_engine=ParserEngine(report.engine_wanted),
            engine_used=None if report.engine_used is None else ParserEngine(report.engine_used),
            mime_type=report.mime_type,
            title=report.title,
            page_count=report.pages,
            chunks_count=report.chunks,
            truncations=report.truncations,
            near_duplicate_chunks=report.near_duplicates,
            warnings=[ReportWarning.of(warning) for warning in report.warnings],
            stages=[StageSeconds(stage=stage, seconds=seconds) for stage, seconds in report.seconds.items()],
            suggestion=None if report.suggestion is None else _remark(report.suggestion),
            error=Remark(code=report.error_code or "", message=report.error_message or "") if failed else None,
            started_on=report.started_at,
            finished_on=report.finished_at,
        )


def _remark(suggestion: types.Suggestion) -> Remark:
    return Remark(code=suggestion.code, message=suggestion.message)


def _of_reading(reading: types.Reading | None) -> dict[str, object]:
    if reading is None:
        reading = types.NOTHING_READ
    encoding = reading.encoding
    return {
        "language": reading.language,
        "pages_without_text": list(reading.pages_without_text),
        "ocr_pages": [OcrPage(page=one.page, confidence=one.confidence) for one in reading.ocr_pages],
        "tables_found": reading.tables_found,
        "tables_split": reading.tables_split,
        "blocks": [BlockCount(kind=kind, blocks=count) for kind, count in reading.blocks.items()],
        "characters": reading.characters,
        "tokens": reading.tokens,
        "duplicate_chunks": reading.duplicate_chunks,
        "instruction_chunks": list(reading.instructions),
        "redactions": [RedactionCount(kind=kind, count=count) for kind, count in reading.redacted.items()],
        "encoding": EncodingFound(
            name=encoding.name, was_guessed=encoding.was_guessed, lost_characters=encoding.lost_characters
        ),
        "chunk_lengths": [
            LengthBucket(from_tokens=one.from_tokens, to_tokens=one.to_tokens, chunks=one.chunks)
            for one in reading.chunk_lengths
        ],
    }
