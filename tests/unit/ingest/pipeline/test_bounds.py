from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.documents import ChunkSettings, ParserEngine, ParseType
from ingest.files.builds import BuildSettings
from ingest.pipeline.bounds import ParseBounds
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.settings import DoclingLimits, OcrLimits

LIMITS = Limits(memory_bytes=1024 * MEBIBYTE)
BOUNDS = ParseBounds(
    limits=LIMITS,
    ocr=OcrLimits(page_seconds=180, memory_bytes=2048 * MEBIBYTE),
    docling=DoclingLimits(page_seconds=60, memory_bytes=4096 * MEBIBYTE),
    max_pages=500,
    has_docling=True,
)


def asking(engine: ParserEngine = ParserEngine.NODE_NATIVE, ocr_max_pages: int | None = None) -> BuildSettings:
    chunking = ChunkSettings(ParseType.MARKDOWN, size=512, overlap=64)
    return BuildSettings(chunking, engine, ocr_max_pages=ocr_max_pages)


class TestOf:
    def test_most_files_have_what_every_file_has(self) -> None:
        assert BOUNDS.of(asking()) == LIMITS

    def test_recognition_adds_memory_and_time_by_the_page(self) -> None:
        assert BOUNDS.of(asking(ocr_max_pages=10)) == replace(
            LIMITS,
            memory_bytes=2048 * MEBIBYTE,
            memory_setting="CAIRN_OCR_MEMORY",
            steps=11,
            step_seconds=180,
            step_setting="CAIRN_OCR_PAGE_SECONDS",
        )

    @pytest.mark.parametrize("engine", [ParserEngine.DOCLING, ParserEngine.AUTO])
    def test_docling_adds_memory_and_time_by_the_lot(self, engine: ParserEngine) -> None:
        assert BOUNDS.of(asking(engine)) == replace(
            LIMITS,
            memory_bytes=4096 * MEBIBYTE,
            memory_setting="CAIRN_DOCLING_MEMORY",
            steps=501,
            step_seconds=4 * 60,
            step_setting="CAIRN_DOCLING_PAGE_SECONDS",
        )
        both = BOUNDS.of(asking(engine, ocr_max_pages=10))
        assert both.step_seconds == 4 * (60 + 180)
        assert both.step_setting == "CAIRN_DOCLING_PAGE_SECONDS or CAIRN_OCR_PAGE_SECONDS"

    def test_without_docling_nobody_has_what_it_takes(self) -> None:
        assert replace(BOUNDS, has_docling=False).of(asking(ParserEngine.AUTO)) == LIMITS


class TestShared:
    def test_small_files_in_one_child_have_memory_and_no_steps(self) -> None:
        assert BOUNDS.shared([asking(), asking(ParserEngine.DOCLING)]) == replace(
            LIMITS, memory_bytes=4096 * MEBIBYTE, memory_setting="CAIRN_DOCLING_MEMORY"
        )
        assert BOUNDS.shared([asking()]) == LIMITS
