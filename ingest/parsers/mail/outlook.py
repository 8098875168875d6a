"""MSG, as Outlook saves a message: the same as EML, out of an OLE compound file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from oxmsg import Message
from oxmsg.attachment import Attachment as OutlookAttachment

from ingest.documents import Document
from ingest.parsers.encoding import decode
from ingest.parsers.errors import FileIsCorrupt
from ingest.parsers.kinds import FileKind
from ingest.parsers.mail.attachment import Attachment
from ingest.parsers.mail.letter import Letter, document_of
from ingest.parsers.options import ParseOptions

T = TypeVar("T")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    """FileIsCorrupt where the file is no whole message."""
    message = _opened(path)
    sent = _whole(lambda: message.sent_date)
    recipients = list(_whole(lambda: message.recipients) or ())
    fields = {
        "subject": _whole(lambda: message.subject) or "",
        "from": _whole(lambda: message.sender) or "",
        "to": ", ".join(_address(one.name, one.email_address) for one in recipients),
        "date": sent.isoformat() if sent else "",
        "message-id": (_whole(lambda: message.message_headers) or {}).get("Message-ID", ""),
    }
    html = _whole(lambda: message.html_body) or ""
    letter = Letter(
        fields,
        _whole(lambda: message.body) or "",
        html if isinstance(html, str) else decode(html),
        sent.isoformat() if sent else None,
        sum(1 for _ in _attached(message)),
    )
    return document_of(letter, kind=FileKind.MSG, file_name=file_name, options=options)


def attachments(path: Path) -> Iterator[Attachment]:
    """In the order of the message. What is only linked to, or is a message inside this one, is left out."""
    for number, part in enumerate(_attached(_opened(path)), start=1):
        yield Attachment(part.file_name or f"attachment {number}", part.file_bytes or b"")


def _opened(path: Path) -> Message:
    try:
        message = Message.load(str(path))
        _ = message.message_class
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        raise FileIsCorrupt("Outlook message", str(error) or type(error).__name__) from error
    return message


def _attached(message: Message) -> Iterator[OutlookAttachment]:
    return (part for part in _whole(lambda: message.attachments) or () if _has_bytes(part))


def _has_bytes(part: OutlookAttachment) -> bool:
    return bool(_whole(lambda: part.file_bytes))


def _whole(part: Callable[[], T]) -> T | None:
    """None for a property that is missing or broken: the others are still worth reading."""
    try:
        return part()
    except Exception:  # noqa: BLE001 - as in _opened
        return None


def _address(name: str | None, address: str | None) -> str:
    if name and address and name != address:
        return f"{name} <{address}>"
    return name or address or ""
