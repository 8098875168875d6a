"""The task `parse`: its two ends, in the server and in the child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from ingest.documents import Document
from ingest.parsers.errors import REFUSALS
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.parsing import parse
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import PARSE, SandboxTask
from kit.errors import CairnError


class ParseRequest(msgspec.Struct, frozen=True):
    path: str
    file_name: str
    options: ParseOptions


def parse_file(
    sandbox: Sandbox,
    path: Path,
    file_name: str,
    options: ParseOptions,
    limits: Limits,
    *,
    cancel: Callable[[], bool] | None = None,
    watch: Watch | None = None,
) -> Document:
    """`parse` in a child. Raises ParseRefused as `parse` does, and what Sandbox.run raises."""
    request = ParseRequest(str(path.absolute()), file_name, options)
    task = SandboxTask(PARSE, msgspec.msgpack.encode(request))
    try:
        data = sandbox.run(task, limits=limits, cancel=cancel, watch=watch)
    except CairnError as error:
        raise as_refusal(error) from None
    return msgspec.msgpack.decode(data, type=Document)


def as_refusal(error: CairnError) -> CairnError:
    """The finer class of an error that came back from a child as a plain Invalid with a parser's code."""
    refusal = next((kind for kind in REFUSALS if kind.code == error.code), None)
    return error if refusal is None else refusal.restored(error.message, error.details)


def run(payload: bytes, watch: Watch = unwatched) -> bytes:
    """In the child."""
    request = msgspec.msgpack.decode(payload, type=ParseRequest)
    return msgspec.msgpack.encode(parse(Path(request.path), request.file_name, request.options, watch))
