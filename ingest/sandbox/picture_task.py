"""The task `picture`: a page of a PDF drawn where a hostile one can only hurt a child."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import PICTURE, SandboxTask

LIMITS = Limits(seconds=20, cpu_seconds=15, memory_bytes=512 * MEBIBYTE, result_bytes=64 * MEBIBYTE, is_fixed=True)


class PictureRequest(msgspec.Struct, frozen=True):
    path: str
    page: int


class Picture(msgspec.Struct, frozen=True):
    """`width` and `height` of the page in points. Without bytes there is no such page."""

    png: bytes
    width: float
    height: float


def draw_page(sandbox: Sandbox, path: Path, page: int) -> Picture | None:
    """None where the document has no such page. Raises what Sandbox.run raises."""
    payload = msgspec.msgpack.encode(PictureRequest(str(path.absolute()), page))
    drawn = msgspec.msgpack.decode(sandbox.run(SandboxTask(PICTURE, payload), limits=LIMITS), type=Picture)
    return drawn if drawn.png else None


def run(payload: bytes) -> bytes:
    """In the child."""
    from ingest.parsers.pdf.picture import picture  # noqa: PLC0415 - its library is the child's alone

    request = msgspec.msgpack.decode(payload, type=PictureRequest)
    try:
        drawn = picture(Path(request.path), request.page)
    except IndexError:
        return msgspec.msgpack.encode(Picture(b"", 0, 0))
    return msgspec.msgpack.encode(Picture(drawn.png, drawn.width, drawn.height))
