"""The task `attachments`: the files that came with a message, taken out where a hostile one can only hurt a child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

import msgspec

from ingest.parsers.kinds import FileKind
from ingest.parsers.mail.attachment import Attachment
from ingest.sandbox.limits import Limits
from ingest.sandbox.parse_task import as_refusal
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import ATTACHMENTS, SandboxTask
from kit.errors import CairnError

READERS: Mapping[str, str] = {
    FileKind.EML.mime_type: "ingest.parsers.mail.internet",
    FileKind.MSG.mime_type: "ingest.parsers.mail.outlook",
}
"""Which module knows the attachments of which kind of message."""

MOST = 100
"""Of one message; those behind them are left out."""


class AttachmentRequest(msgspec.Struct, frozen=True):
    path: str
    mime_type: str


def take_attachments(
    sandbox: Sandbox, path: Path, mime_type: str, *, limits: Limits, cancel: Callable[[], bool] | None = None
) -> Sequence[Attachment]:
    """At most MOST. Raises ParseRefused for a message that cannot be read, and what Sandbox.run raises."""
    request = AttachmentRequest(str(path.absolute()), mime_type)
    try:
        data = sandbox.run(SandboxTask(ATTACHMENTS, msgspec.msgpack.encode(request)), limits=limits, cancel=cancel)
    except CairnError as error:
        raise as_refusal(error) from None
    return msgspec.msgpack.decode(data, type=list[Attachment])


def run(payload: bytes) -> bytes:
    """In the child."""
    request = msgspec.msgpack.decode(payload, type=AttachmentRequest)
    read = cast("Callable[[Path], Sequence[Attachment]]", import_module(READERS[request.mime_type]).attachments)
    found: list[Attachment] = []
    for one in read(Path(request.path)):
        if len(found) == MOST:
            break
        found.append(one)
    return msgspec.msgpack.encode(found)
