"""DOC: what LibreOffice makes of it, read as a Word file of today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.documents import Document
from ingest.parsers.kinds import FileKind
from ingest.parsers.office import word
from ingest.parsers.office.converter import converted
from ingest.parsers.options import ParseOptions


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    with converted(path, suffix=".docx", what="Word document") as made:
        document = word.read(made, file_name=file_name, options=options)
    return replace(document, mime_type=FileKind.DOC.mime_type)
