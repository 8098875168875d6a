"""A child in the sandbox in which Docling's place is taken: by an engine that gives what is in document.json for each
lot of pages it is asked for, or misbehaves where the file says so."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import msgspec

from ingest.documents import ParserEngine
from ingest.parsers.docling import engine, reading
from ingest.parsers.docling.model import read_document
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import Watch, unwatched
from ingest.sandbox import parse_task
from tests.unit.ingest.parsers.docling.written import PATH

TASKS = {"parse": "tests.unit.ingest.parsers.docling.stand_in:run"}
MISSING = "missing"
HANGS, EATS, FAILS, IS_BROKEN = b"it hangs", b"it eats memory", b"it fails", b"it is broken"


class StandIn:
    def __init__(self, models: Path) -> None:
        self._models = models

    def read(
        self, content: bytes, kind: FileKind, *, pages: tuple[int, int] | None = None, recognise: bool = False
    ) -> engine.Part:
        if HANGS in content:
            time.sleep(60)
        if EATS in content:
            bytearray(1 << 40)
        if FAILS in content:
            raise engine.DoclingFails("it saw a heron")
        if IS_BROKEN in content:
            raise ImportError("operator torchvision::nms does not exist")
        first, last = pages or (1, 1)
        written: dict[str, Any] = json.loads(PATH.read_text())["document"]
        place = {"page_no": first, "bbox": {"l": 0, "t": 0, "r": 1, "b": 1}}
        told = {"label": "text", "text": f"pages {first} to {last}", "self_ref": "#/texts/99", "prov": [place]}
        if first == 1:
            written["texts"].append(told)
            written["body"]["children"].append({"$ref": "#/texts/99"})
        else:
            written = {"body": {"self_ref": "#/body", "children": [{"$ref": "#/texts/99"}]}, "texts": [told]}
        found = {number: 0.5 + number / 10 for number in range(first, last + 1)} if recognise else {}
        return engine.Part(read_document(written), recognised=found)


def run(payload: bytes, watch: Watch = unwatched) -> bytes:
    request = msgspec.msgpack.decode(payload, type=parse_task.ParseRequest)
    assert request.options.engine is not ParserEngine.NODE_NATIVE
    vars(reading)["Engine"] = StandIn
    vars(reading)["missing_parts"] = lambda models: [] if models and models.name != MISSING else ["nothing is there"]
    return parse_task.run(payload, watch)
