"""Reports of files, for callers who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.documents import ParseWarning
from ingest.files import repository
from ingest.files.builds import BuildSettings, settings_of
from ingest.files.likeness import nearly_the_same
from ingest.files.models import File, FileGeneration
from ingest.files.ports import DatasetGate
from ingest.files.views import shown_status
from ingest.reports.advice import suggestion_for
from ingest.reports.types import MOST_COMPARED, IngestionReport, Reading, Stage, Suggestion


@dataclass(frozen=True, slots=True)
class Reports:
    """Takes the caller's session. NotFound where a dataset or file is not there for the caller."""

    gate: DatasetGate

    def get(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> IngestionReport:
        dataset = self.gate.readable(session, principal, dataset_id)
        file = repository.get(session, dataset_id, file_id).file
        generation = repository.generation(session, file.id, file.latest_generation)
        if generation is None:  # a build that failed is swept soon after
            return _report(file, None, settings_of(file, dataset), near_duplicates=None)
        settings = BuildSettings.restored(generation.settings)
        return _report(file, generation, settings, near_duplicates=_near_duplicates(session, file, generation))


def _near_duplicates(session: Session, file: File, generation: FileGeneration) -> int | None:
    if file.active_generation != generation.number:
        return None
    ids = repository.ids_of_chunks(session, file.id, generation.number, limit=MOST_COMPARED)
    return len(nearly_the_same(session, file.dataset_id, ids))


def _report(
    file: File, generation: FileGeneration | None, settings: BuildSettings, *, near_duplicates: int | None
) -> IngestionReport:
    stored = None if generation is None else generation.reading
    reading = None if stored is None else msgspec.convert(stored, Reading)
    return IngestionReport(
        file_id=file.id,
        file_name=file.name,
        generation=file.latest_generation,
        status=shown_status(file),
        engine_wanted=settings.engine.value,
        engine_used=generation.engine_used if generation else None,
        mime_type=file.mime_type,
        title=generation.title if generation else None,
        pages=generation.page_count if generation else None,
        chunks=generation.chunks_count if generation else 0,
        truncations=generation.truncations if generation else 0,
        reading=reading,
        seconds=_seconds(generation, reading) if generation else {},
        warnings=_warnings(generation),
        error_code=file.error_code,
        error_message=file.error_message,
        suggestion=_suggestion(generation, reading, settings) if generation and reading else None,
        near_duplicates=near_duplicates,
        started_at=generation.created_at if generation else file.updated_at,
        finished_at=generation.activated_at if generation else None,
    )


def _suggestion(generation: FileGeneration, reading: Reading, settings: BuildSettings) -> Suggestion | None:
    return suggestion_for(
        reading,
        chunks=generation.chunks_count,
        chunk_size=settings.chunking.size,
        engine=generation.engine_used or "",
        pages=generation.page_count,
        ocr_pages=settings.ocr_max_pages,
        warnings=_warnings(generation),
    )


def _warnings(generation: FileGeneration | None) -> Sequence[ParseWarning]:
    return () if generation is None else [msgspec.convert(one, ParseWarning) for one in generation.warnings]


def _seconds(generation: FileGeneration, reading: Reading | None) -> dict[Stage, float]:
    """Of the stages that are over or under way."""
    seconds: dict[Stage, float] = {}
    if generation.begun_at is not None:
        seconds[Stage.WAITING] = (generation.begun_at - generation.created_at).total_seconds()
    if reading is not None:
        seconds |= reading.seconds
        seconds[Stage.EMBEDDING] = generation.embedding_seconds
    return {stage: round(seconds[stage], 3) for stage in Stage if stage in seconds}
