"""What was read of files, as rows: chunks, and what a generation and its file say of themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ingest.documents import ChunkDraft
from ingest.files.builds import BuildSettings
from ingest.files.likeness import keep_gists, renew_gist
from ingest.files.models import Chunk, ChunkGist, File
from ingest.pipeline.build import Build
from ingest.review.applying import apply_overlays
from ingest.review.repository import having_overlays
from ingest.sandbox.draft_task import Drafted
from kit.ids import chunk_id


@dataclass(frozen=True, slots=True)
class Written:
    """`place` is where the document is kept, as the parser gave it."""

    build: Build
    drafted: Drafted
    place: str


def write_chunks(session: Session, read: Sequence[Written]) -> None:
    """Replaces whatever an interrupted step has left of the same generations."""
    ids = [one.build.file.id for one in read]
    _clear(session, read)
    changed = having_overlays(session, ids)
    rows: list[dict[str, Any]] = []
    gists: dict[str, bytes] = {}
    for one in read:
        written = _write(session, one, has_overlays=one.build.file.id in changed)
        gists |= _gists(written, one.drafted.drafts)
        rows += written
    if rows:
        session.execute(insert(Chunk), rows)
        keep_gists(session, rows, gists)


def _gists(rows: Sequence[dict[str, Any]], drafts: Sequence[ChunkDraft]) -> dict[str, bytes]:
    """Of the chunks that are as they were parsed."""
    return {row["id"]: draft.gist for row, draft in zip(rows, drafts, strict=True) if row["overlay_id"] is None}


def _clear(session: Session, read: Sequence[Written]) -> None:
    files: defaultdict[int, list[str]] = defaultdict(list)
    for one in read:
        files[one.build.generation.number].append(one.build.file.id)
    for number, ids in files.items():
        session.execute(delete(Chunk).where(Chunk.file_id.in_(ids), Chunk.generation == number))
        session.execute(delete(ChunkGist).where(ChunkGist.file_id.in_(ids), ChunkGist.generation == number))


def _write(session: Session, written: Written, *, has_overlays: bool) -> list[dict[str, Any]]:
    """The rows of the parsed chunks; those that people have added are in the session."""
    file, generation, document = written.build.file, written.build.generation, written.drafted.document
    rows = [_row(file, generation.number, draft) for draft in written.drafted.drafts]
    added: Sequence[Chunk] = ()
    if has_overlays:
        redaction = BuildSettings.restored(generation.settings).redaction
        added = apply_overlays(session, file, generation.number, rows, redaction)
        session.add_all(added)
        for one in added:
            renew_gist(session, one)
    generation.engine_used = document.engine.value
    generation.title, generation.page_count, generation.blocks_key = document.title, document.page_count, written.place
    generation.warnings = [asdict(warning) for warning in document.warnings]
    generation.chunks_count = len(rows) + len(added)
    generation.reading = msgspec.to_builtins(written.drafted.reading)
    file.chunks_done, file.chunks_total = 0, len(rows) + len(added)
    file.mime_type = document.mime_type
    file.published_at = _moment(document.published_at)
    return rows


def _row(file: File, number: int, draft: ChunkDraft) -> dict[str, Any]:
    return {
        "id": chunk_id(file_id=file.id, generation=number, position=draft.position),
        "tenant_id": file.tenant_id,
        "dataset_id": file.dataset_id,
        "file_id": file.id,
        "generation": number,
        "position": draft.position,
        "content": _storable(draft.content),
        "context": _storable(draft.context),
        "kind": draft.kind.value,
        "token_count": draft.token_count,
        "page": draft.page,
        "heading_path": [_storable(heading) for heading in draft.heading_path],
        "boxes": [asdict(box) for box in draft.boxes],
        "enabled": True,
        "overlay_id": None,
    }


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, and no database half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _moment(text: str | None) -> datetime | None:
    """A date that a document claims for itself; None for one that is none."""
    if not text:
        return None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
