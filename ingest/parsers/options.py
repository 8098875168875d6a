"""What bounds one parse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ingest.documents import ParserEngine

MEBIBYTE = 1024 * 1024

DOCLING_LOT = 4
"""Pages that Docling is given at a time."""

Watch: TypeAlias = Callable[[int, int], None]
"""Told how many pages are read so far of those that take their time (by text recognition, by Docling), and how many
will be."""


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """Text recognition for up to `max_pages` pages of a file that have no text."""

    max_pages: int


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """`max_pages` counts pages, slides and sheets; `max_rows` the table rows of the whole file; `max_inflated_bytes`
    what an archive-based file really inflates to; `max_characters` the text of the finished document; `max_pixels`
    those of one picture. `common_lines` are hashes of lines (ingest.parsers.web.lines), joined, that a site's pages
    share and that none is read for. `only_main_content`: of web pages, without navigation and the like. Without `ocr`
    pages without text stay without. `docling_models` is the folder of Docling's models, where there is one."""

    engine: ParserEngine = ParserEngine.NODE_NATIVE
    max_pages: int = 5000
    max_rows: int = 200_000
    max_inflated_bytes: int = 512 * MEBIBYTE
    max_characters: int = 50_000_000
    common_lines: bytes = b""
    only_main_content: bool = True
    max_pixels: int = 100_000_000
    ocr: OcrOptions | None = None
    docling_models: str | None = None


def unwatched(done: int, total: int) -> None:
    """Where nobody follows."""
