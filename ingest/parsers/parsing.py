"""A file in, a document out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.documents import Document, ParserEngine
from ingest.parsers.errors import EngineIsMissing, FileIsCorrupt, ParseRefused
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.registry import parser_of
from ingest.parsers.sniffing import sniff


def parse(path: Path, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    """The document in the file at `path`, uploaded as `file_name`. Never an empty one.

    ParseRefused in one of its kinds for a file that cannot be read; MemoryError passes through. Meant for a process
    of its own (ingest.sandbox): native libraries may crash on hostile content.
    """
    _check_engine(options.engine)
    kind = sniff(path, file_name)
    return replace(_read(kind, path, file_name, options, watch), engine=ParserEngine.NODE_NATIVE)


def _check_engine(engine: ParserEngine) -> None:
    if engine is ParserEngine.DOCLING:
        raise EngineIsMissing(
            "the parser engine DOCLING is not installed here (the docling package and its layout models are missing); "
            "choose NODE_NATIVE, which reads the same kinds of files, or AUTO"
        )


def _read(kind: FileKind, path: Path, file_name: str, options: ParseOptions, watch: Watch) -> Document:
    try:
        return parser_of(kind, watch)(path, file_name=file_name, options=options)
    except (ParseRefused, MemoryError):
        raise
    except RecursionError as error:
        raise FileIsCorrupt(f"{kind} file", "it is nested too deeply") from error
    except Exception as error:
        raise FileIsCorrupt(f"{kind} file", f"{type(error).__name__}: {str(error)[:200]}") from error
