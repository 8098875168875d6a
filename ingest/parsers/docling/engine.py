"""Docling itself: a file, or some of its pages, to its document. The one module that needs its packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from ingest.parsers.docling.model import DoclingDocument, read_document
from ingest.parsers.kinds import FileKind

SUFFIXES: Mapping[FileKind, str] = {
    FileKind.PDF: ".pdf",
    FileKind.DOCX: ".docx",
    FileKind.PPTX: ".pptx",
    FileKind.XLSX: ".xlsx",
    FileKind.HTML: ".html",
    FileKind.MARKDOWN: ".md",
    FileKind.CSV: ".csv",
}
"""The kinds that it is asked to read, by the name it knows them by."""


class DoclingFails(Exception):
    """It says that it cannot read the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """`failed` are pages that it could not read, `recognised` the confidence from 0 to 1 of pages read by text
    recognition, both numbered from 1."""

    document: DoclingDocument
    failed: Sequence[int] = ()
    recognised: Mapping[int, float] = field(default_factory=dict)


class Engine:
    """Loads the models in `models` with the first PDF, once with text recognition and once without: seconds, and a
    gigabyte. Nothing is fetched. One thread."""

    def __init__(self, models: Path) -> None:
        self._models = models

    def load(self) -> None:
        """Whatever its libraries raise where they do not fit each other or the models."""
        from docling.datamodel.base_models import InputFormat  # noqa: PLC0415 - torch takes seconds

        self._plain.initialize_pipeline(InputFormat.PDF)

    def read(
        self, content: bytes, kind: FileKind, *, pages: tuple[int, int] | None = None, recognise: bool = False
    ) -> Part:
        """`pages` are the first and the last. DoclingFails, or whatever its libraries raise."""
        from docling.datamodel.base_models import ConversionStatus, DocumentStream  # noqa: PLC0415 - as above

        converter = self._recognising if recognise else self._plain
        stream = DocumentStream(name=f"document{SUFFIXES[kind]}", stream=BytesIO(content))
        chosen = {} if pages is None else {"page_range": pages}
        result = converter.convert(stream, raises_on_error=False, **chosen)
        reasons = [f"{error.module_name}: {error.error_message}" for error in result.errors]
        if result.status not in {ConversionStatus.SUCCESS, ConversionStatus.PARTIAL_SUCCESS}:
            raise DoclingFails("; ".join(reasons)[:300] or f"it ended with {result.status.value}")
        failed = sorted({error.page_no for error in result.errors if error.page_no is not None})
        return Part(read_document(result.document.export_to_dict()), failed, _confidence(result))

    @cached_property
    def _plain(self) -> Any:
        return self._converter(recognise=False)

    @cached_property
    def _recognising(self) -> Any:
        return self._converter(recognise=True)

    def _converter(self, *, recognise: bool) -> Any:
        from docling.datamodel.base_models import InputFormat  # noqa: PLC0415 - as in load
        from docling.document_converter import DocumentConverter, PdfFormatOption  # noqa: PLC0415 - as in load

        options = pipeline_options(self._models, recognise=recognise)
        return DocumentConverter(format_options={InputFormat.PDF: PdfFormatOption(pipeline_options=options)})


def pipeline_options(models: Path, *, recognise: bool) -> Any:
    """Docling's own, for PDFs."""
    from docling.datamodel.accelerator_options import AcceleratorDevice, AcceleratorOptions  # noqa: PLC0415 - as load
    from docling.datamodel.pipeline_options import HeadingHierarchyOptions, PdfPipelineOptions  # noqa: PLC0415 - as in Engine.load

    options = PdfPipelineOptions(
        artifacts_path=models,
        do_ocr=recognise,
        accelerator_options=AcceleratorOptions(num_threads=1, device=AcceleratorDevice.CPU),
        # By the outline and by numbers. Ranks of styles would differ from one lot of pages to the next.
        heading_hierarchy_options=HeadingHierarchyOptions(enabled=True, use_style=False),
    )
    if recognise:
        options.ocr_options = _recognition()
    return options


def _recognition() -> Any:
    """RapidOCR on the whole page, which has no other text, with the models in its own package: with a folder of models
    given, Docling would look for them there."""
    import rapidocr  # noqa: PLC0415 - as in Engine.load
    from docling.datamodel.pipeline_options import OcrMode, RapidOcrOptions  # noqa: PLC0415 - as in Engine.load

    folder = Path(rapidocr.__file__).parent / "models"
    found = {step: next(iter(sorted(folder.glob(f"*_{step}_*.onnx"))), None) for step in ("det", "cls", "rec")}
    paths = {f"{step}_model_path": str(path) for step, path in found.items() if path is not None}
    return RapidOcrOptions(mode=OcrMode.FULL_PAGE, **paths)


def _confidence(result: Any) -> Mapping[int, float]:
    """Its scores are NaN for pages that were not recognised."""
    scores = {int(number): float(page.ocr_score) for number, page in result.confidence.pages.items()}
    return {number: score for number, score in scores.items() if score == score}  # noqa: PLR0124 - NaN is not itself
