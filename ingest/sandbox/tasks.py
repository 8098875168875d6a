"""What may run in the sandbox: names on a fixed list, each a function from bytes to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias, cast

TaskFunction: TypeAlias = Callable[..., bytes]
"""From the payload to a result; one that can be watched also takes a Watch."""

Watch: TypeAlias = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""

PARSE = "parse"
SNIFF = "sniff"
PICTURE = "picture"
DRAFT = "draft"
ATTACHMENTS = "attachments"
REHEARSE = "rehearse"
DOCLING = "docling"

PARSE_TASKS: Mapping[str, str] = {
    PARSE: "ingest.sandbox.parse_task:run",
    SNIFF: "ingest.sandbox.sniff_task:run",
    PICTURE: "ingest.sandbox.picture_task:run",
    DRAFT: "ingest.sandbox.draft_task:run",
    ATTACHMENTS: "ingest.sandbox.attachment_task:run",
    REHEARSE: "ingest.sandbox.rehearsing:run",
    DOCLING: "ingest.sandbox.docling_task:run",
}

PARSER_LIBRARIES: Sequence[str] = (
    *("ingest.parsers.pdf.reading", "ingest.parsers.office.word", "ingest.parsers.office.slides"),
    *(
        "ingest.parsers.office.workbook",
        "ingest.parsers.office.old_workbook",
        "ingest.parsers.office.open_document",
        "ingest.parsers.delimited",
        "ingest.parsers.web.page",
    ),
    *(
        "ingest.parsers.markdown",
        "ingest.parsers.plain_text",
        "ingest.parsers.json_text",
        "ingest.parsers.mail.internet",
    ),
    *("ingest.parsers.book", "ingest.parsers.rich_text"),
)
"""Modules whose import costs more than a small parse: the zygote imports them once."""


@dataclass(frozen=True, slots=True)
class SandboxTask:
    """`function` is a name on the sandbox's list, `payload` what that function understands."""

    function: str
    payload: bytes


def load_task(tasks: Mapping[str, str], name: str) -> TaskFunction:
    """KeyError for a name that is not on the list. The list's values read `package.module:function`."""
    module, _, function = tasks[name].partition(":")
    return cast("TaskFunction", getattr(import_module(module), function))
