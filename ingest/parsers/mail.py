"""EML: the body under its subject; sender, recipients and date as metadata."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.plain_text import add_paragraphs
from ingest.parsers.web.blocks import HtmlBlocks
from ingest.parsers.web.tree import parse_html

_FIELDS = ("subject", "from", "to", "cc", "date", "message-id")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    with path.open("rb") as stream:
        message = BytesParser(EmailMessage, policy=policy.default).parse(stream)
    metadata = {name: _field(message, name) for name in _FIELDS}
    collector = BlockCollector(options)
    collector.heading(metadata["subject"], 1)
    _add_body(collector, message)
    _warn_of_attachments(collector, message)
    return collector.document(
        mime_type=FileKind.EML.mime_type,
        nothing=f"the message {file_name!r} has neither a subject nor a text",
        title=metadata["subject"],
        metadata=metadata,
        published_at=_sent_at(metadata["date"]),
    )


def _field(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # the header parser trips over malformed fields
        return ""


def _add_body(collector: BlockCollector, message: EmailMessage) -> None:
    """The first text/plain part with text in it, else the first HTML part."""
    bodies = [part for part in _bodies(message) if _content(part).strip()]
    plain = next((part for part in bodies if part.get_content_type() == "text/plain"), None)
    if plain is not None:
        add_paragraphs(collector, _content(plain))
        return
    for part in bodies[:1]:
        root = parse_html(_content(part))
        if root is not None:
            HtmlBlocks(collector).add(root)


def _bodies(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        is_text = part.get_content_type() in {"text/plain", "text/html"}
        if is_text and not part.is_attachment():
            yield part


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, declared=part.get_content_charset()) if isinstance(payload, bytes) else ""


def _warn_of_attachments(collector: BlockCollector, message: EmailMessage) -> None:
    names = [part.get_filename() or part.get_content_type() for part in message.walk() if _is_attachment(part)]
    if names:
        listed = ", ".join(repr(str(name)) for name in names[:20])
        collector.warn(
            "ATTACHMENTS_LEFT_OUT", f"{len(names)} attachments were not read ({listed}); upload them on their own"
        )


def _is_attachment(part: object) -> bool:
    return isinstance(part, EmailMessage) and (part.is_attachment() or part.get_content_maintype() == "application")


def _sent_at(date: str) -> str | None:
    try:
        sent: datetime = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    return sent.isoformat()
