"""JSON and JSON lines: one readable line a value, under the path that leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.errors import FileIsCorrupt
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_MAX_LINES = 40  # lines of one block: a record stays together, an endless one is parted


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    text = decode(path.read_bytes()).lstrip("\ufeff")
    collector = BlockCollector(options)
    kind = FileKind.JSON
    try:
        whole: Json = json.loads(text)
    except ValueError as error:
        kind = FileKind.JSON_LINES
        _add_records(collector, text, whole_error=error)
    else:
        _add_value(collector, whole)
    return collector.document(mime_type=kind.mime_type, nothing=f"the JSON in {file_name!r} holds no value")


def _add_records(collector: BlockCollector, text: str, *, whole_error: ValueError) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record: Json = json.loads(line)
        except ValueError as error:
            if number == 1 or line.strip() in {"{", "["}:
                raise FileIsCorrupt("JSON file", str(whole_error)) from whole_error
            raise FileIsCorrupt("JSON lines file", f"line {number}: {error}") from error
        collector.count_rows(1)
        _add_lines(collector, _lines(record, ""))


def _add_value(collector: BlockCollector, value: Json) -> None:
    """A list of records gives a block a record, an object a block a member."""
    if isinstance(value, list):
        for record in value:
            collector.count_rows(1)
            _add_lines(collector, _lines(record, ""))
    elif isinstance(value, dict):
        for key, member in value.items():
            _add_lines(collector, _lines(member, key))
    else:
        _add_lines(collector, _lines(value, ""))


def _add_lines(collector: BlockCollector, lines: Iterator[str]) -> None:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == _MAX_LINES:
            collector.text("\n".join(block))
            block = []
    collector.text("\n".join(block))


def _lines(value: Json, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _lines(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(member, dict | list) for member in value):
        for index, member in enumerate(value):
            yield from _lines(member, f"{path}[{index}]")
    elif value not in (None, "", []):
        shown = ", ".join(map(_shown, value)) if isinstance(value, list) else _shown(value)
        yield f"{path}: {shown}" if path else shown


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
