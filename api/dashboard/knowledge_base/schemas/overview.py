"""Datasets and searches in figures, as the dashboard shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from api.fields import ResponseBody
from orchestration.overview import DatasetOverview
from retrieval.records.types import LatencySlot


class DatasetFigures(ResponseBody):
    dataset_id: str
    files: int
    files_failed: int
    files_building: int
    passages: int = Field(description="Those that searches find")
    original_bytes: int
    text_characters: int = Field(description="Of all passages that are stored, older builds' among them")
    vector_bytes: int = Field(description="Of the passages that searches find, without the engine's indexes")
    indexed_at: datetime | None = Field(description="When a file's newest passages took over, the last time")
    crawled_at: datetime | None = Field(description="When a crawl of its websites came to an end, the last time")
    questions: int = Field(description="Searches that looked into it")
    questions_answered: int = Field(description="Those to which it had a passage that scored 0.3 or more")
    questions_by_day: Sequence[int] = Field(description="Oldest first; the last day ends now")

    @classmethod
    def of(cls, one: DatasetOverview) -> DatasetFigures:
        held, questions = one.holdings, one.questions
        return cls(
            dataset_id=one.dataset_id,
            files=held.files,
            files_failed=held.failed,
            files_building=held.building,
            passages=held.passages,
            original_bytes=held.original_bytes,
            text_characters=held.text_characters,
            vector_bytes=held.vector_bytes,
            indexed_at=held.indexed_at,
            crawled_at=one.crawled_at,
            questions=sum(questions.asked),
            questions_answered=sum(questions.answered),
            questions_by_day=questions.asked,
        )


class KnowledgeOverview(ResponseBody):
    days: int
    data: list[DatasetFigures]

    @classmethod
    def of(cls, found: Sequence[DatasetOverview], *, days: int) -> KnowledgeOverview:
        return cls(days=days, data=[DatasetFigures.of(one) for one in found])


class LatencyOfSlot(ResponseBody):
    since: datetime
    searches: int
    median_ms: float | None
    p95_ms: float | None
    slowest_ms: float | None


class SearchLatency(ResponseBody):
    """Stretches of time of equal length, oldest first; the last one ends now."""

    hours: int
    searches: int
    data: list[LatencyOfSlot]

    @classmethod
    def of(cls, slots: Sequence[LatencySlot], *, hours: int) -> SearchLatency:
        shown = [
            LatencyOfSlot(
                since=slot.since,
                searches=slot.searches,
                median_ms=slot.median_ms,
                p95_ms=slot.p95_ms,
                slowest_ms=slot.slowest_ms,
            )
            for slot in slots
        ]
        return cls(hours=hours, searches=sum(slot.searches for slot in slots), data=shown)
