"""`cairn files report`."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from cli.files import FileArgument, OfDataset, find
from cli.output import Json, counted, print_json, print_table, say
from cli.session import HomeOption, JsonOption, opened
from ingest.reports.types import NOTHING_READ, IngestionReport, LengthBucket, Reading

_BAR = 40


def report_file(
    file: FileArgument, dataset: OfDataset = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Tell how a file was read, cut and embedded, and what was lost on the way."""
    with opened(home) as session:
        of, view = find(session, file, dataset)
        with session.runtime.database.read() as transaction:
            report = session.runtime.reports.get(transaction, session.principal, of.id, view.id)
    if as_json:
        print_json(_json(report))
    else:
        _show(report)
    if report.error_code is not None:
        raise typer.Exit(1)


def _show(report: IngestionReport) -> None:
    say(f"{report.file_name}: build {report.generation}, {report.status.value}", style="bold")
    print_table(("What", "How much"), [(name, shown) for name, shown in _rows(report) if shown])
    if report.reading is not None and report.chunks:
        say("")
        say("Chunks by length in tokens", style="bold")
        _show_lengths(report.reading.chunk_lengths)
    for title, remarks in (("Error", [report.error_message]), ("Suggestion", [_suggested(report)])):
        for remark in filter(None, remarks):
            say("")
            say(f"{title}: {remark}", style="bold")
    for warning in report.warnings:
        page = "" if warning.page is None else f"page {warning.page}: "
        say(f"Note: {page}{warning.message}")


def _rows(report: IngestionReport) -> Sequence[tuple[str, str]]:
    reading = report.reading or NOTHING_READ
    blocks = ", ".join(f"{count:,} {kind.value}" for kind, count in reading.blocks.items())
    stages = ", ".join(f"{stage.value} {seconds:g}" for stage, seconds in report.seconds.items())
    return (
        ("Engine", report.engine_used or ""),
        ("Kind", report.mime_type),
        ("Title", report.title or ""),
        ("Language", reading.language or ""),
        ("Pages", "" if report.pages is None else f"{report.pages:,}"),
        ("Pages without text", _pages(reading.pages_without_text)),
        ("Pages read by OCR", _pages([one.page for one in reading.ocr_pages])),
        ("Blocks", blocks),
        ("Tables", f"{reading.tables_found:,}, {reading.tables_split:,} of them split" if reading.tables_found else ""),
        ("Characters", f"{reading.characters:,}"),
        ("Chunks", f"{counted(report.chunks, 'chunk')} of {counted(reading.tokens, 'token')}"),
        ("Said twice", counted(reading.duplicate_chunks, "chunk") if reading.duplicate_chunks else ""),
        ("Nearly said elsewhere", counted(report.near_duplicates, "chunk") if report.near_duplicates else ""),
        ("Truncations", f"{report.truncations:,}"),
        ("Redacted", ", ".join(f"{count:,} {kind.value}" for kind, count in reading.redacted.items())),
        ("Encoding", _encoding(reading)),
        ("Seconds", stages),
    )


def _pages(pages: Sequence[int]) -> str:
    """`3 (1, 4, 5)`; of many the first ten."""
    shown = ", ".join(map(str, pages[:10])) + (", …" if len(pages) > 10 else "")
    return f"{len(pages)} ({shown})" if pages else ""


def _encoding(reading: Reading) -> str:
    found = reading.encoding
    guessed = " (guessed)" if found.was_guessed else ""
    lost = f", {found.lost_characters:,} characters lost" if found.lost_characters else ""
    return f"{found.name or 'as the format says'}{guessed}{lost}" if found.name or lost else ""


def _suggested(report: IngestionReport) -> str | None:
    return None if report.suggestion is None else report.suggestion.message


def _show_lengths(buckets: Sequence[LengthBucket]) -> None:
    most = max(bucket.chunks for bucket in buckets)
    for bucket in buckets:
        end = "     " if bucket.to_tokens is None else f"–{bucket.to_tokens - 1:<4}"
        say(f"{bucket.from_tokens:>5}{end} {'█' * round(_BAR * bucket.chunks / most)} {bucket.chunks:,}")


def _json(report: IngestionReport) -> Json:
    """The fields of the API's report."""
    reading = report.reading or NOTHING_READ
    suggestion = report.suggestion
    failed = report.error_code is not None
    return {
        "fileId": report.file_id,
        "fileName": report.file_name,
        "generation": report.generation,
        "status": report.status.value,
        "parserEngine": report.engine_wanted,
        "engineUsed": report.engine_used,
        "mimeType": report.mime_type,
        "title": report.title,
        "pageCount": report.pages,
        "chunksCount": report.chunks,
        "truncations": report.truncations,
        **_reading_json(reading),
        "warnings": [{"code": w.code, "message": w.message, "pageNumber": w.page} for w in report.warnings],
        "stages": [{"stage": stage.value, "seconds": seconds} for stage, seconds in report.seconds.items()],
        "suggestion": None if suggestion is None else {"code": suggestion.code, "message": suggestion.message},
        "error": {"code": report.error_code, "message": report.error_message} if failed else None,
        "startedOn": report.started_at,
        "nearDuplicateChunks": report.near_duplicates,
        "finishedOn": report.finished_at,
    }


def _reading_json(reading: Reading) -> dict[str, Json]:
    return {
        "language": reading.language,
        "pagesWithoutText": list(reading.pages_without_text),
        "ocrPages": [{"page": one.page, "confidence": one.confidence} for one in reading.ocr_pages],
        "tablesFound": reading.tables_found,
        "tablesSplit": reading.tables_split,
        "blocks": [{"kind": kind.value, "blocks": count} for kind, count in reading.blocks.items()],
        "characters": reading.characters,
        "tokens": reading.tokens,
        "duplicateChunks": reading.duplicate_chunks,
        "redactions": [{"kind": kind.value, "count": count} for kind, count in reading.redacted.items()],
        "encoding": {
            "name": reading.encoding.name,
            "wasGuessed": reading.encoding.was_guessed,
            "lostCharacters": reading.encoding.lost_characters,
        },
        "chunkLengths": [
            {"fromTokens": one.from_tokens, "toTokens": one.to_tokens, "chunks": one.chunks}
            for one in reading.chunk_lengths
        ],
    }
