"""The task `sniff`: what kind of file it is, told where a hostile archive can only hurt a child."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ingest.parsers.kinds import FileKind
from ingest.parsers.sniffing import sniff
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.parse_task import as_refusal
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import SNIFF, SandboxTask
from kit.errors import CairnError

LIMITS = Limits(seconds=20, cpu_seconds=15, memory_bytes=512 * MEBIBYTE, result_bytes=MEBIBYTE, is_fixed=True)


class SniffRequest(msgspec.Struct, frozen=True):
    path: str
    file_name: str


def sniff_file(sandbox: Sandbox, path: Path, file_name: str) -> FileKind:
    """`sniff` in a child. Raises ParseRefused as `sniff` does, and what Sandbox.run raises."""
    request = SniffRequest(str(path.absolute()), file_name)
    try:
        return FileKind(sandbox.run(SandboxTask(SNIFF, msgspec.msgpack.encode(request)), limits=LIMITS).decode())
    except CairnError as error:
        raise as_refusal(error) from None


def run(payload: bytes) -> bytes:
    """In the child."""
    request = msgspec.msgpack.decode(payload, type=SniffRequest)
    return sniff(Path(request.path), request.file_name).encode()
