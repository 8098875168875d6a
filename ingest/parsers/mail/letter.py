"""What the two formats of messages have in common: from subject, fields and bodies to a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.plain_text import add_paragraphs
from ingest.parsers.web.blocks import HtmlBlocks
from ingest.parsers.web.tree import parse_html


class Letter(NamedTuple):
    """`plain` goes before `html` where both say something. `sent` is ISO 8601; `attachments` counts the files."""

    fields: Mapping[str, str]
    plain: str
    html: str
    sent: str | None
    attachments: int


def document_of(letter: Letter, *, kind: FileKind, file_name: str, options: ParseOptions) -> Document:
    subject = letter.fields.get("subject", "")
    collector = BlockCollector(options)
    collector.heading(subject, 1)
    if letter.plain.strip():
        add_paragraphs(collector, letter.plain)
    elif letter.html.strip():
        root = parse_html(letter.html)
        if root is not None:
            HtmlBlocks(collector).add(root)
    document = collector.document(
        mime_type=kind.mime_type,
        nothing=f"the message {file_name!r} has neither a subject nor a text",
        title=subject,
        metadata=letter.fields,
        published_at=letter.sent,
    )
    return replace(document, attachments=letter.attachments)
