"""Chunks of a file, reviewed by people: searched, corrected, switched, added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.documents import BlockKind
from ingest.files import repository as files
from ingest.files.likeness import renew_gist
from ingest.files.models import Chunk, File
from ingest.files.ports import DatasetGate
from ingest.files.types import ChunkView
from ingest.files.views import chunk_view
from ingest.redaction.texts import blackout
from ingest.review import repository
from ingest.review.changeable import changeable_file
from ingest.review.errors import ChunkNotFound, OverlayNotFound
from ingest.review.jobs import refresh_job
from ingest.review.models import ChunkOverlay
from ingest.review.types import ChunkChange, NewChunk, OverlayKind, OverlayState, OverlayView
from ingest.settings import MAX_CHUNK_SIZE
from kit.clock import Clock
from kit.errors import Detail, Invalid
from kit.ids import chunk_id as id_of_place
from kit.ids import new_id
from kit.jobs.queue import JobQueue
from retrieval.embedding.protocol import TokenCounter


@dataclass(frozen=True, slots=True)
class Review:
    """All methods take the caller's session and leave committing to it. NotFound where a dataset, file or chunk is not
    there for the caller; changes are refused with a Conflict while the file is being built.

    A change shows in the rows at once, and so in what searches answer; its vectors follow by a job.
    """

    gate: DatasetGate
    queue: JobQueue
    clock: Clock
    tokens: TokenCounter

    def change(
        self,
        session: Session,
        principal: Principal,
        dataset_id: str,
        file_id: str,
        *,
        chunk_id: str,
        change: ChunkChange,
    ) -> ChunkView:
        file = self._changeable(session, principal, dataset_id, file_id)
        chunk = self._chunk(session, file, chunk_id)
        overlay = self._overlay_on(session, file, chunk, principal)
        if change.enabled is not None:
            overlay.enabled = chunk.enabled = change.enabled
        if change.content is not None:
            content = self._readied(session, principal, dataset_id, change.content)
            overlay.content, overlay.token_count = content, self._counted(content)
            chunk.content, chunk.token_count = content, overlay.token_count
        overlay.changed_by, overlay.updated_at = principal.name, self.clock.now()
        self._drop_if_void(session, overlay, chunk)
        self._refresh(session, file, chunk)
        return chunk_view(chunk)

    def add(self, session: Session, principal: Principal, dataset_id: str, file_id: str, new: NewChunk) -> ChunkView:
        """Behind all others."""
        file = self._changeable(session, principal, dataset_id, file_id)
        content = self._readied(session, principal, dataset_id, new.content)
        overlay = self._new_overlay(file, OverlayKind.ADDITION, principal)
        overlay.content, overlay.token_count = content, self._counted(content)
        overlay.page, overlay.heading_path = new.page, self._blacked(session, principal, dataset_id, new.heading_path)
        session.add(overlay)
        chunk = added_chunk(file, int(file.active_generation or 0), repository.next_position(session, file), overlay)
        session.add(chunk)
        self._recount(session, file, by=1)
        self._refresh(session, file, chunk)
        return chunk_view(chunk)

    def revert(self, session: Session, principal: Principal, dataset_id: str, file_id: str, overlay_id: str) -> None:
        """Takes a change back: an edited chunk says again what was parsed, an added one is gone."""
        file = self._changeable(session, principal, dataset_id, file_id)
        overlay = repository.overlay(session, file.id, overlay_id)
        if overlay is None:
            raise OverlayNotFound(overlay_id)
        chunk = repository.chunk_of_overlay(session, file, overlay_id)
        if chunk is not None and overlay.kind == OverlayKind.ADDITION:
            session.delete(chunk)
            self._recount(session, file, by=-1)
        elif chunk is not None:
            original = overlay.original or ""
            chunk.content, chunk.token_count, chunk.enabled = original, self._counted(original), True
            chunk.overlay_id = None
        if chunk is not None:
            self._refresh(session, file, chunk)
        session.delete(overlay)

    def overlays(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> Sequence[OverlayView]:
        """Oldest first, with those whose text is gone."""
        file = self._readable(session, principal, dataset_id, file_id)
        applied = repository.chunks_by_overlay(session, file)
        return [_view(one, applied.get(one.id)) for one in repository.overlays(session, file.id)]

    def _readable(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> File:
        self.gate.readable(session, principal, dataset_id)
        return files.get(session, dataset_id, file_id).file

    def _readied(self, session: Session, principal: Principal, dataset_id: str, content: str) -> str:
        """What people write is redacted as files are."""
        return self._blacked(session, principal, dataset_id, [_checked(content)])[0]

    def _blacked(self, session: Session, principal: Principal, dataset_id: str, texts: Sequence[str]) -> list[str]:
        return list(map(blackout(self.gate.readable(session, principal, dataset_id).redaction), texts))

    def _changeable(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> File:
        return changeable_file(session, self.gate, principal, dataset_id, file_id)

    @staticmethod
    def _chunk(session: Session, file: File, chunk_id: str) -> Chunk:
        chunk = repository.chunk(session, file, chunk_id)
        if chunk is None:
            raise ChunkNotFound(chunk_id)
        return chunk

    def _overlay_on(self, session: Session, file: File, chunk: Chunk, principal: Principal) -> ChunkOverlay:
        known = None if chunk.overlay_id is None else repository.overlay(session, file.id, chunk.overlay_id)
        if known is not None:
            return known
        overlay = self._new_overlay(file, OverlayKind.EDIT, principal)
        overlay.original, overlay.occurrence = chunk.content, repository.equal_before(session, chunk)
        session.add(overlay)
        chunk.overlay_id = overlay.id
        return overlay

    def _new_overlay(self, file: File, kind: OverlayKind, principal: Principal) -> ChunkOverlay:
        now = self.clock.now()
        return ChunkOverlay(
            id=new_id(),
            tenant_id=file.tenant_id,
            file_id=file.id,
            kind=kind.value,
            occurrence=0,
            enabled=True,
            token_count=0,
            heading_path=[],
            changed_by=principal.name,
            created_at=now,
            updated_at=now,
        )

    @staticmethod
    def _drop_if_void(session: Session, overlay: ChunkOverlay, chunk: Chunk) -> None:
        """An edit that says what was parsed, of a chunk that is on, is none."""
        if overlay.kind == OverlayKind.EDIT and overlay.content == overlay.original:
            overlay.content = None
        if overlay.kind == OverlayKind.EDIT and overlay.content is None and overlay.enabled:
            chunk.overlay_id = None
            if inspect(overlay).persistent:
                session.delete(overlay)
            else:
                session.expunge(overlay)

    def _recount(self, session: Session, file: File, *, by: int) -> None:
        generation = files.generation(session, file.id, int(file.active_generation or 0))
        if generation is not None:
            generation.chunks_count += by
            if file.latest_generation == generation.number:
                file.chunks_total += by
                file.chunks_done += by

    def _refresh(self, session: Session, file: File, chunk: Chunk) -> None:
        """Rows first: a job that is just ending waits for them, and looks again."""
        file.updated_at = self.clock.now()
        session.flush()
        renew_gist(session, chunk)
        job = refresh_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id, chunk_id=chunk.id)
        self.queue.enqueue(session, job)

    def _counted(self, content: str) -> int:
        count = self.tokens.count(content)
        if count > MAX_CHUNK_SIZE:
            message = f"has {count} tokens, and a chunk may have {MAX_CHUNK_SIZE}: make it two chunks"
            raise Invalid(f"content: {message}", details=[Detail("content", message)])
        return count


def added_chunk(file: File, generation: int, position: int, overlay: ChunkOverlay) -> Chunk:
    return Chunk(
        id=id_of_place(file_id=file.id, generation=generation, position=position),
        tenant_id=file.tenant_id,
        dataset_id=file.dataset_id,
        file_id=file.id,
        generation=generation,
        position=position,
        content=overlay.content or "",
        context=" > ".join(overlay.heading_path),
        kind=BlockKind.TEXT.value,
        token_count=overlay.token_count,
        page=overlay.page,
        heading_path=list(overlay.heading_path),
        boxes=[],
        enabled=overlay.enabled,
        overlay_id=overlay.id,
    )


def _checked(content: str) -> str:
    text = content.strip()
    if not any(map(str.isalnum, text)):
        message = "holds no letters or digits; switch the chunk off instead of emptying it"
        raise Invalid(f"content: {message}", details=[Detail("content", message)])
    return text


def _view(overlay: ChunkOverlay, chunk_id: str | None) -> OverlayView:
    return OverlayView(
        id=overlay.id,
        kind=OverlayKind(overlay.kind),
        state=OverlayState.CONFLICT if chunk_id is None else OverlayState.APPLIED,
        chunk_id=chunk_id,
        original=overlay.original,
        content=overlay.content,
        enabled=overlay.enabled,
        changed_by=overlay.changed_by,
        created_at=overlay.created_at,
        updated_at=overlay.updated_at,
    )
