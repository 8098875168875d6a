"""What text recognition would have to read in a dataset, told from the newest builds of its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from ingest.parsers.errors import OcrIsOff
from ingest.reports.types import Reading

if TYPE_CHECKING:  # what is described without a database names this module
    from ingest.files.repository import FileRow


@dataclass(frozen=True, slots=True)
class Scans:
    """`pages` have no text layer, whether or not they were recognised. `unread_files` failed because they have no other
    pages and recognition was off; how many pages they have is not known."""

    pages: int
    unread_files: int


def scans_among(rows: Sequence[FileRow]) -> Scans:
    pages = 0
    for row in rows:
        stored = None if row.latest is None else row.latest.reading
        if stored is not None:
            reading = msgspec.convert(stored, Reading)
            pages += len({*reading.pages_without_text, *(page.page for page in reading.ocr_pages)})
    return Scans(pages, sum(row.file.error_code == OcrIsOff.code for row in rows))
