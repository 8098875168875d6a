"""Docling itself, where the extra `docling` is installed, with a layout model whose weights are made up: whether it is
loaded from the installation's own folder, converts, and is understood. What it would see with real weights is no matter
here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ParserEngine
from ingest.parsers.docling import engine, reading
from ingest.parsers.docling.installation import LAYOUT_MODEL
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put

pytest.importorskip("docling", reason="the extra `docling` is not installed")

pytestmark = pytest.mark.filterwarnings("default")  # it reads options of its own that it has given up

_LABELS = ["caption", "list_item", "page_footer", "page_header", "picture", "section_header", "table", "text", "title"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layout model as small as its kind can be."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(1)
    backbone = transformers.RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16, 24, 32],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = transformers.RTDetrV2Config(
        backbone_config=backbone,
        encoder_in_channels=[16, 24, 32],
        decoder_in_channels=[32, 32, 32],
        encoder_hidden_dim=32,
        encoder_ffn_dim=32,
        encoder_layers=1,
        encoder_attention_heads=2,
        d_model=32,
        decoder_layers=2,
        decoder_attention_heads=2,
        decoder_ffn_dim=32,
        num_queries=30,
        num_denoising=0,
        id2label=dict(enumerate(_LABELS)),
        label2id={label: number for number, label in enumerate(_LABELS)},
    )
    transformers.RTDetrV2ForObjectDetection(config).save_pretrained(folder / LAYOUT_MODEL)
    transformers.RTDetrImageProcessor(size={"height": 640, "width": 640}).save_pretrained(folder / LAYOUT_MODEL)
    return folder


@pytest.fixture
def library(models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, with tables left to the text: what is made up of a table model would say nothing."""
    made = engine.pipeline_options

    def without_tables(folder: Path, *, recognise: bool) -> object:
        options = made(folder, recognise=recognise)
        options.do_table_structure = False
        return options

    monkeypatch.setattr(engine, "pipeline_options", without_tables)
    monkeypatch.setattr(reading, "missing_parts", lambda folder: [])
    return models


class TestLibrary:
    def test_a_pdf_is_read_page_by_page_with_boxes_in_points(self, library: Path, tmp_path: Path) -> None:
        pages = [PdfPage(texts=[Put(f"The heron of page {number}.", x=72, y=100)]) for number in range(1, 7)]
        path = PdfWriter(pages).write(tmp_path / "a.pdf")
        document = parse(path, "a.pdf", ParseOptions(engine=ParserEngine.DOCLING, docling_models=str(library)))
        assert (document.engine, document.page_count) == (ParserEngine.DOCLING, 6)
        assert [(block.page, block.text) for block in document.blocks] == [
            (number, f"The heron of page {number}.") for number in range(1, 7)
        ]
        box = document.blocks[0].boxes[0]
        assert 70 < box.left < 75
        assert 85 < box.top < box.bottom < 105

    def test_markup_and_office_files_need_no_models_of_it(self, library: Path, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        path.write_text("---\ntitle: Herons\n---\n# One\n\n- a\n  - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
        document = parse(path, "a.md", ParseOptions(engine=ParserEngine.DOCLING, docling_models=str(library)))
        assert (document.title, [block.text for block in document.blocks]) == (
            "Herons",
            ["One", "- a\n  - b", "| x | y |\n| --- | --- |\n| 1 | 2 |"],
        )

    def test_a_folder_without_the_models_cannot_be_loaded(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="docling-layout-heron"):
            engine.Engine(tmp_path).load()
