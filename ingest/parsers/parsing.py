"""A file in, a document out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.documents import Document, ParserEngine, ParseWarning
from ingest.parsers.errors import EngineFails, EngineIsMissing, FileIsCorrupt, ParseRefused
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.registry import Parser, docling_parser, parser_of
from ingest.parsers.sniffing import sniff


def parse(path: Path, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    """The document in the file at `path`, uploaded as `file_name`, with the engine that read it. Never an empty one.
    AUTO has PDFs read by Docling where that is set up, since its layout model knows more of pages than rules do.

    ParseRefused in one of its kinds for a file that cannot be read; MemoryError passes through. Meant for a process
    of its own (ingest.sandbox): native libraries may crash on hostile content.
    """
    kind = sniff(path, file_name)
    native, docling = parser_of(kind, watch), docling_parser(kind, watch)
    match options.engine:
        case ParserEngine.DOCLING:
            return _read(docling, kind, path, file_name, options)
        case ParserEngine.AUTO if kind is FileKind.PDF and options.docling_models is not None:
            try:
                return _read(docling, kind, path, file_name, options)
            except (EngineIsMissing, EngineFails) as error:
                warning = ParseWarning("DOCLING_WAS_NO_USE", f"read by the native parser: {error.message}")
                document = _read(native, kind, path, file_name, options)
                return replace(document, warnings=(*document.warnings, warning))
    return _read(native, kind, path, file_name, options)


def _read(parser: Parser, kind: FileKind, path: Path, file_name: str, options: ParseOptions) -> Document:
    try:
        return parser(path, file_name=file_name, options=options)
    except (ParseRefused, MemoryError):
        raise
    except RecursionError as error:
        raise FileIsCorrupt(f"{kind} file", "it is nested too deeply") from error
    except Exception as error:
        raise FileIsCorrupt(f"{kind} file", f"{type(error).__name__}: {str(error)[:200]}") from error
