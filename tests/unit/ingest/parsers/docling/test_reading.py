"""From the engine that a caller asks for to a document, through a real child; Docling's own part is played by
stand_in.py. test_library.py has the library itself play it where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest

from ingest.documents import Document, OcrPage, ParserEngine
from ingest.parsers.errors import EngineFails, EngineIsMissing, FileIsEncrypted, LimitExceeded, OcrIsOff
from ingest.parsers.options import OcrOptions, ParseOptions
from ingest.sandbox.errors import OutOfMemory, OutOfTime
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox
from tests.unit.ingest.parsers.docling import stand_in
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put

Parse = Callable[..., Document]
PdfOf = Callable[..., bytes]
Pages = list[tuple[int, int]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(tasks=stand_in.TASKS, preload=[]) as running:
        yield running


@pytest.fixture
def parse(sandbox: Sandbox, tmp_path: Path) -> Parse:
    def parse_them(
        content: bytes,
        name: str = "a.pdf",
        *,
        engine: ParserEngine = ParserEngine.DOCLING,
        limits: Limits | None = None,
        seen: Pages | None = None,
        models: str | None = "models",
        **options: object,
    ) -> Document:
        path = tmp_path / "stored"
        path.write_bytes(content)
        asked = ParseOptions(engine=engine, docling_models=models, **options)  # type: ignore[arg-type]  # as given
        followed: Pages = [] if seen is None else seen
        return parse_file(
            sandbox, path, name, asked, limits or Limits(), watch=lambda done, total: followed.append((done, total))
        )

    return parse_them


@pytest.fixture
def pdf_of(tmp_path: Path) -> Callable[..., bytes]:
    """A page for each text, with a drawing instead where it is empty."""

    def made_of(*texts: str) -> bytes:
        drawn = PdfPage(drawing="72 500 200 200 re f")
        pages = [PdfPage(texts=[Put(text)]) if text else drawn for text in texts]
        return PdfWriter(pages).write(tmp_path / "written.pdf").read_bytes()

    return made_of


@pytest.fixture
def docx_file() -> bytes:
    word, written = docx.Document(), BytesIO()
    word.add_paragraph("Text.")
    word.save(written)
    return written.getvalue()


class TestByName:
    def test_the_document_is_doclings(self, parse: Parse, pdf_of: PdfOf) -> None:
        document = parse(pdf_of("one", "two"))
        assert document.engine is ParserEngine.DOCLING
        assert (document.title, document.page_count) == ("Of Herons", 2)
        assert document.blocks[-1].text == "pages 1 to 2"

    def test_pages_are_given_to_it_in_lots_whose_progress_is_told(self, parse: Parse, pdf_of: PdfOf) -> None:
        seen: Pages = []
        document = parse(pdf_of(*["text"] * 9), seen=seen)
        assert [b.text for b in document.blocks if b.text.startswith("pages ")] == [
            "pages 1 to 4",
            "pages 5 to 8",
            "pages 9 to 9",
        ]
        assert seen == [(0, 9), (4, 9), (8, 9), (9, 9)]

    def test_without_it_the_refusal_names_what_is_missing_and_the_setting(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(EngineIsMissing, match=r"nothing is there.*NODE_NATIVE.*CAIRN_DOCLING_MODELS") as refused:
            parse(pdf_of("one"), models=None)
        assert refused.value.code == "PARSER_ENGINE_UNAVAILABLE"

    def test_libraries_that_do_not_fit_each_other_count_as_missing(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(EngineIsMissing, match=r"torchvision::nms does not exist"):
            parse(pdf_of("one") + stand_in.IS_BROKEN)

    def test_a_kind_that_it_is_not_asked_to_read_is_refused(self, parse: Parse) -> None:
        with pytest.raises(EngineIsMissing, match=r"'a.txt' is a TXT file.*AUTO"):
            parse(b"plain text", "a.txt")

    def test_what_it_does_not_get_through_is_its_failure(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(EngineFails, match=r"pages 1 to 1.*it saw a heron.*NODE_NATIVE") as refused:
            parse(pdf_of("one") + stand_in.FAILS)
        assert refused.value.code == "PARSER_ENGINE_FAILED"


class TestAuto:
    def test_has_pdfs_read_by_docling(self, parse: Parse, pdf_of: PdfOf) -> None:
        assert parse(pdf_of("one"), engine=ParserEngine.AUTO).engine is ParserEngine.DOCLING

    def test_has_other_kinds_read_natively(self, parse: Parse) -> None:
        document = parse(b"# One\n\ntext", "a.md", engine=ParserEngine.AUTO)
        assert (document.engine, document.title) == (ParserEngine.NODE_NATIVE, "One")

    def test_falls_back_and_says_so(self, parse: Parse, pdf_of: PdfOf) -> None:
        for content, models in ((pdf_of("one"), stand_in.MISSING), (pdf_of("one") + stand_in.FAILS, "models")):
            document = parse(content, engine=ParserEngine.AUTO, models=models)
            assert document.engine is ParserEngine.NODE_NATIVE
            assert document.blocks[0].text == "one"
            assert [warning.code for warning in document.warnings] == ["DOCLING_WAS_NO_USE"]

    def test_says_nothing_where_nobody_set_it_up(self, parse: Parse, pdf_of: PdfOf) -> None:
        document = parse(pdf_of("one"), engine=ParserEngine.AUTO, models=None)
        assert (document.engine, list(document.warnings)) == (ParserEngine.NODE_NATIVE, [])


class TestPagesWithoutText:
    def test_are_told_of_where_recognition_is_off(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(OcrIsOff, match=r"ocr\.enabled"):
            parse(pdf_of("", ""))
        document = parse(pdf_of("one", "two", ""))
        assert list(document.pages_without_text) == [3]
        assert [(warning.code, warning.page) for warning in document.warnings] == [("PAGE_HAS_NO_TEXT", 3)]

    def test_are_recognised_within_the_budget(self, parse: Parse, pdf_of: PdfOf) -> None:
        document = parse(pdf_of("one", "two", "", "", ""), ocr=OcrOptions(max_pages=2))
        assert list(document.ocr_pages) == [OcrPage(3, 0.8), OcrPage(4, 0.9)]
        assert list(document.pages_without_text) == [4]  # the stand-in tells of a lot's first page alone
        assert [(warning.code, warning.page) for warning in document.warnings] == [("OCR_BUDGET_SPENT", 5)]

    def test_of_which_recognition_is_unsure_are_warned_of(self, parse: Parse, pdf_of: PdfOf) -> None:
        document = parse(pdf_of("", "two"), ocr=OcrOptions(max_pages=5))
        assert [(warning.code, warning.page) for warning in document.warnings] == [("OCR_IS_UNSURE", 1)]


class TestLimits:
    def test_time_is_that_of_the_child_and_its_steps(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(OutOfTime):
            parse(pdf_of("one") + stand_in.HANGS, limits=Limits(seconds=0.5, steps=1, step_seconds=1))

    def test_memory_is_that_of_the_child(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(OutOfMemory):
            parse(pdf_of("one") + stand_in.EATS, limits=Limits(memory_bytes=256 * MEBIBYTE))

    def test_pages_are_counted_before_it_sees_any(self, parse: Parse, pdf_of: PdfOf) -> None:
        with pytest.raises(LimitExceeded, match="CAIRN_PARSE_MAX_PAGES"):
            parse(pdf_of("one", "two", "three") + stand_in.FAILS, max_pages=2)

    def test_archives_are_counted_before_it_sees_any(self, parse: Parse, docx_file: bytes) -> None:
        with pytest.raises(LimitExceeded, match="CAIRN_PARSE_MAX_INFLATED"):
            parse(docx_file, "a.docx", max_inflated_bytes=1000)

    def test_passwords_are_found_before_it_sees_the_file(self, parse: Parse, data_dir: Path) -> None:
        locked = next((data_dir / "docs" / "docling" / "pdf_password" / "sources").glob("*.pdf"))
        with pytest.raises(FileIsEncrypted):
            parse(locked.read_bytes())
