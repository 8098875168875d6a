"""One suggestion where a setting would help: the gravest loss first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.documents import LITTLE_MAIN_CONTENT, BlockKind, ParserEngine, ParseWarning
from ingest.reports.types import Reading, Suggestion

_FEW_TOKENS = 0.25  # of the chunk size: chunks below it on average say little each
_MANY_CHUNKS = 20
_GREAT_SHARE = 0.3


def suggestion_for(
    reading: Reading,
    *,
    chunks: int,
    chunk_size: int,
    engine: str,
    pages: int | None,
    ocr_pages: int | None = None,
    warnings: Sequence[ParseWarning] = (),
) -> Suggestion | None:
    rules: Sequence[Callable[[], Suggestion | None]] = (
        lambda: _instructions(reading),
        lambda: _ocr(reading, pages, ocr_pages),
        lambda: _encoding(reading),
        lambda: _main_content(warnings),
        lambda: _tables(reading, chunk_size),
        lambda: _duplicates(reading, chunks),
        lambda: _tiny(reading, chunks, chunk_size),
        lambda: _structure(reading, pages, engine),
    )
    return next((found for rule in rules if (found := rule()) is not None), None)


def _instructions(reading: Reading) -> Suggestion | None:
    if not reading.instructions:
        return None
    places = ", ".join(map(str, reading.instructions[:10]))
    message = (
        f"{len(reading.instructions)} chunks read as if they gave orders to an assistant (at {places}): they are found "
        "like any other and marked as such; look at them, and switch off what does not belong there"
    )
    return Suggestion("CHECK_INSTRUCTIONS", message)


def _ocr(reading: Reading, pages: int | None, ocr_pages: int | None) -> Suggestion | None:
    if not reading.pages_without_text:
        return None
    count, of = len(reading.pages_without_text), f" of {pages}" if pages else ""
    if ocr_pages is None:
        message = f"{count}{of} pages have no text layer: switch text recognition on (ocr.enabled of the dataset)"
        return Suggestion("SWITCH_OCR_ON", message)
    if len(reading.ocr_pages) >= ocr_pages:
        message = f"text recognition stopped after {ocr_pages} pages: {count} more need an ocr.maxPages that is higher"
        return Suggestion("RAISE_OCR_PAGES", message)
    return None


def _encoding(reading: Reading) -> Suggestion | None:
    lost = reading.encoding.lost_characters
    if not lost:
        return None
    return Suggestion(
        "SAVE_AS_UTF8", f"{lost} characters could not be read in the file's encoding: save it as UTF-8 and replace it"
    )


def _main_content(warnings: Sequence[ParseWarning]) -> Suggestion | None:
    found = next((warning for warning in warnings if warning.code == LITTLE_MAIN_CONTENT), None)
    if found is None:
        return None
    return Suggestion("READ_WHOLE_PAGE", f"{found.message}: with onlyMainContent=false the page is read whole")


def _tables(reading: Reading, chunk_size: int) -> Suggestion | None:
    if not reading.tables_split or reading.tables_split < reading.tables_found * _GREAT_SHARE or chunk_size >= 1024:
        return None
    message = (
        f"{reading.tables_split} of {reading.tables_found} tables did not fit into one chunk of {chunk_size} tokens: "
        f"a chunkSize of {min(2 * chunk_size, 2048)} keeps more of them whole"
    )
    return Suggestion("RAISE_CHUNK_SIZE", message)


def _duplicates(reading: Reading, chunks: int) -> Suggestion | None:
    if reading.duplicate_chunks < max(2, chunks * _GREAT_SHARE):
        return None
    message = (
        f"{reading.duplicate_chunks} of {chunks} chunks say what another one says: if the file repeats the same part, "
        "upload that part once"
    )
    return Suggestion("REMOVE_REPEATED_PARTS", message)


def _tiny(reading: Reading, chunks: int, chunk_size: int) -> Suggestion | None:
    if chunks < _MANY_CHUNKS or reading.tokens / chunks >= chunk_size * _FEW_TOKENS:
        return None
    mean = round(reading.tokens / chunks)
    message = f"chunks have {mean} tokens on average, of {chunk_size} possible: parse type NAIVE would fill them better"
    return Suggestion("JOIN_SHORT_CHUNKS", message)


def _structure(reading: Reading, pages: int | None, engine: str) -> Suggestion | None:
    """A long PDF in which no heading was found has most likely more structure than was seen."""
    if pages is None or pages < 10 or reading.blocks.get(BlockKind.HEADING) or engine != ParserEngine.NODE_NATIVE:
        return None
    message = (
        f"no heading was found on {pages} pages: if there is a Word or HTML version with headings, upload that instead"
    )
    return Suggestion("UPLOAD_SOURCE_WITH_HEADINGS", message)
