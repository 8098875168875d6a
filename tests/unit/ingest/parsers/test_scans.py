"""Text recognition: for pages without text and for pictures, within its budget, and only where it is on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from ingest.documents import BlockKind, Document
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, LimitExceeded, OcrIsOff
from ingest.parsers.options import OcrOptions, ParseOptions
from ingest.parsers.parsing import parse
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put

_DOTS = 150
_ON = ParseOptions(ocr=OcrOptions(max_pages=10))
_SENTENCES = ("The ferry crosses the fjord twice a day", "Tickets are sold on board")


def _picture(folder: Path, *texts: Put) -> Any:
    """The upper part of a page with these texts, drawn."""
    path = PdfWriter([PdfPage(texts)]).write(folder / "drawn.pdf")
    document = pypdfium2.PdfDocument(path)
    image = document[0].render(scale=_DOTS / 72).to_pil().crop((0, 0, 1100, 520))
    document.close()
    return image


def _sentences(folder: Path) -> Any:
    return _picture(folder, *(Put(text, y=100 + 20 * row, size=12) for row, text in enumerate(_SENTENCES)))


def _read(path: Path, options: ParseOptions = _ON) -> Document:
    return parse(path, path.name, options)


def _text(document: Document) -> str:
    return " ".join(block.text for block in document.blocks)


class TestScannedPages:
    def test_are_read_with_places_confidence_and_progress(self, tmp_path: Path) -> None:
        path = tmp_path / "scan.pdf"
        _sentences(tmp_path).save(path, resolution=_DOTS)
        told: list[tuple[int, int]] = []
        document = parse(path, path.name, _ON, lambda done, total: told.append((done, total)))
        assert all(text in _text(document) for text in _SENTENCES)
        assert told == [(0, 1), (1, 1)]
        assert [page.page for page in document.ocr_pages] == [1]
        assert 0.9 < document.ocr_pages[0].confidence <= 1
        assert not document.pages_without_text
        box = document.blocks[0].boxes[0]
        assert box.left == pytest.approx(72, abs=4)
        assert box.top == pytest.approx(90, abs=8)

    def test_among_pages_with_text_come_in_their_places(self, tmp_path: Path) -> None:
        scan, mixed = tmp_path / "scan.pdf", pypdfium2.PdfDocument.new()
        _sentences(tmp_path).save(scan, resolution=_DOTS)
        for name, text in (("before", "What stands before"), ("after", "What stands behind")):
            PdfWriter([PdfPage([Put(text)])]).write(tmp_path / name)
        for name in ("before", "scan.pdf", "after"):
            mixed.import_pages(pypdfium2.PdfDocument(tmp_path / name))
        mixed.save(tmp_path / "mixed.pdf")
        document = _read(tmp_path / "mixed.pdf")
        places = [_text(document).index(text) for text in ("What stands before", *_SENTENCES, "What stands behind")]
        assert places == sorted(places)
        assert [page.page for page in document.ocr_pages] == [2]

    def test_beyond_the_budget_are_named(self, tmp_path: Path) -> None:
        path, image = tmp_path / "scan.pdf", _sentences(tmp_path)
        image.save(path, resolution=_DOTS, save_all=True, append_images=[image, image])
        document = _read(path, ParseOptions(ocr=OcrOptions(max_pages=1)))
        assert [warning.code for warning in document.warnings] == ["OCR_BUDGET_SPENT"]
        assert document.pages_without_text == (2, 3)

    def test_stay_without_text_where_it_is_off(self, tmp_path: Path) -> None:
        path = tmp_path / "scan.pdf"
        _sentences(tmp_path).save(path, resolution=_DOTS)
        with pytest.raises(OcrIsOff, match=r"ocr\.enabled"):
            _read(path, ParseOptions())


class TestPictures:
    @pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "bmp", "gif"])
    def test_are_of_a_kind_that_is_read(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a.{suffix}"
        _sentences(tmp_path).save(path)
        with pytest.raises(OcrIsOff):
            _read(path, ParseOptions())

    @pytest.mark.parametrize("degrees", [90, 180, 270])
    def test_are_turned_upright(self, tmp_path: Path, degrees: int) -> None:
        path = tmp_path / "a.png"
        _sentences(tmp_path).rotate(degrees, expand=True).save(path, dpi=(_DOTS, _DOTS))
        document = _read(path)
        assert " ".join(_SENTENCES) in " ".join(_text(document).split())
        box = document.blocks[0].boxes[0]
        assert (box.bottom - box.top > box.right - box.left) == (degrees != 180)

    def test_of_several_pages_are_read_page_by_page(self, tmp_path: Path) -> None:
        path = tmp_path / "a.tiff"
        first = _picture(tmp_path, Put("Harbour rules", y=80, size=30), Put(_SENTENCES[0], y=140, size=12))
        first.save(path, save_all=True, append_images=[_sentences(tmp_path)], dpi=(_DOTS, _DOTS))
        document = _read(path)
        assert [page.page for page in document.ocr_pages] == [1, 2]
        assert document.page_count == 2
        assert document.blocks[0].kind is BlockKind.HEADING
        assert document.title == "Harbour rules"

    def test_of_too_many_pages_name_limit_and_setting(self, tmp_path: Path) -> None:
        path, page = tmp_path / "a.tiff", Image.new("L", (40, 40), 255)
        page.save(path, save_all=True, append_images=[page, page])
        with pytest.raises(LimitExceeded, match=r"has 3 pages.*limit is 2 pages.*CAIRN_PARSE_MAX_PAGES"):
            _read(path, ParseOptions(max_pages=2))
        with pytest.raises(OcrIsOff):
            _read(path, ParseOptions(max_pages=3))

    def test_with_see_through_letters_are_seen_on_white(self, tmp_path: Path) -> None:
        path, image = tmp_path / "a.png", _sentences(tmp_path).convert("L")
        clear = Image.new("LA", image.size, 0)
        clear.putalpha(image.point(lambda value: 255 - value))
        clear.save(path)
        assert _SENTENCES[0] in _text(_read(path))

    def test_without_text_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        Image.new("RGB", (300, 300), "white").save(path)
        with pytest.raises(FileHasNoText, match="no text"):
            _read(path)

    def test_with_too_many_pixels_name_the_limit(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        Image.new("1", (20_000, 20_000)).save(path)
        with pytest.raises(LimitExceeded, match="CAIRN_PARSE_MAX_PIXELS"):
            _read(path)

    def test_cut_short_are_corrupt(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        _sentences(tmp_path).save(path)
        path.write_bytes(path.read_bytes()[:400])
        with pytest.raises(FileIsCorrupt, match="picture"):
            _read(path)
