"""Overlays put on the chunks of a new build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ingest.files.models import Chunk, File
from ingest.redaction.texts import blackout
from ingest.redaction.types import NOTHING, Redaction
from ingest.review import repository
from ingest.review.models import ChunkOverlay
from ingest.review.service import added_chunk
from ingest.review.types import OverlayKind


def apply_overlays(
    session: Session, file: File, generation: int, rows: Sequence[dict[str, Any]], redaction: Redaction = NOTHING
) -> Sequence[Chunk]:
    """Changes the rows of parsed chunks whose text an edit is anchored to, and gives the chunks to be added.

    An edit that finds its text no more is left as it is: it shows as a conflict. What people wrote, and the texts that
    they wrote it about, are redacted as the file is.
    """
    overlays = repository.overlays(session, file.id)
    if redaction.kinds:
        _redact(overlays, blackout(redaction))
    edits = {(one.original, one.occurrence): one for one in overlays if one.kind == OverlayKind.EDIT}
    seen: Counter[str] = Counter()
    for row in rows if edits else ():
        content = row["content"]
        edit = edits.get((content, seen[content]))
        seen[content] += 1
        if edit is not None:
            _apply(edit, row)
    additions = [one for one in overlays if one.kind == OverlayKind.ADDITION]
    first = max((row["position"] for row in rows), default=-1) + 1
    return [added_chunk(file, generation, first + number, one) for number, one in enumerate(additions)]


def _redact(overlays: Sequence[ChunkOverlay], blacked: Callable[[str], str]) -> None:
    for one in overlays:
        one.original = None if one.original is None else blacked(one.original)
        one.content = None if one.content is None else blacked(one.content)
        one.heading_path = [blacked(heading) for heading in one.heading_path]


def _apply(edit: ChunkOverlay, row: dict[str, Any]) -> None:
    row["overlay_id"], row["enabled"] = edit.id, edit.enabled
    if edit.content is not None:
        row["content"], row["token_count"] = edit.content, edit.token_count
