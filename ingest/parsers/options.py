"""What bounds one parse."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.documents import ParserEngine

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """`max_pages` counts pages, slides and sheets; `max_rows` the table rows of the whole file; `max_inflated_bytes`
    what an archive-based file really inflates to; `max_characters` the text of the finished document. `common_lines`
    are hashes of lines (ingest.parsers.web.lines), joined, that a site's pages share and that none is read for."""

    engine: ParserEngine = ParserEngine.NODE_NATIVE
    max_pages: int = 5000
    max_rows: int = 200_000
    max_inflated_bytes: int = 512 * MEBIBYTE
    max_characters: int = 50_000_000
    common_lines: bytes = b""
