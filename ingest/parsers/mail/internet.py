"""EML: the body under its subject; sender, recipients and date as metadata; attachments."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from ingest.documents import Document
from ingest.parsers.encoding import decode
from ingest.parsers.kinds import FileKind
from ingest.parsers.mail.attachment import Attachment
from ingest.parsers.mail.letter import Letter, document_of
from ingest.parsers.options import ParseOptions

_FIELDS = ("subject", "from", "to", "cc", "date", "message-id")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    message = _opened(path)
    fields = {name: _field(message, name) for name in _FIELDS}
    plain, html = _bodies(message)
    attached = sum(1 for _ in _attached(message))
    letter = Letter(fields, plain, html, _sent_at(fields["date"]), attached)
    return document_of(letter, kind=FileKind.EML, file_name=file_name, options=options)


def attachments(path: Path) -> Iterator[Attachment]:
    """In the order of the message. A message that was attached is a file of its own, and keeps its own attachments."""
    for number, part in enumerate(_attached(_opened(path)), start=1):
        yield Attachment(_name(part, number), _bytes(part))


def _opened(path: Path) -> EmailMessage:
    with path.open("rb") as stream:
        return BytesParser(EmailMessage, policy=policy.default).parse(stream)


def _field(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # the header parser trips over malformed fields
        return ""


def _bodies(message: EmailMessage) -> tuple[str, str]:
    """The first text/plain and the first text/html part with text in them."""
    plain = html = ""
    for part in _parts(message):
        kind = part.get_content_type()
        if kind not in {"text/plain", "text/html"} or _is_attachment(part):
            continue
        text = _content(part)
        if kind == "text/plain":
            plain = plain or (text.strip() and text)
        else:
            html = html or (text.strip() and text)
    return plain, html


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """All parts, but none of a message that is attached: those are its own."""
    yield message
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        return
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            yield from _parts(part)


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in _parts(message) if part is not message and _is_attachment(part))


def _is_attachment(part: EmailMessage) -> bool:
    """What a reader of mail lists beneath it. Pictures that the text shows are a part of the text."""
    if part.get_content_maintype() == "multipart":
        return False
    if part.get_content_type() == "message/rfc822" or part.is_attachment():
        return True
    is_shown = part.get_content_maintype() == "image" and bool(part.get("content-id"))
    is_text = part.get_content_type() in {"text/plain", "text/html"} and not part.get_filename()
    return not is_shown and not is_text


def _name(part: EmailMessage, number: int) -> str:
    name = part.get_filename()
    if name:
        return str(name)
    if part.get_content_type() == "message/rfc822":
        return f"message {number}.eml"
    return f"attachment {number}{mimetypes.guess_extension(part.get_content_type()) or ''}"


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, declared=part.get_content_charset()) if isinstance(payload, bytes) else ""


def _sent_at(date: str) -> str | None:
    try:
        sent: datetime = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    return sent.isoformat()
