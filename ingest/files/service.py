"""Files of a dataset: look, switch, build anew, delete."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files import repository
from ingest.files.attachments import attachments_of, ids_inside
from ingest.files.builds import Builds
from ingest.files.events import tell_deleted, tell_updated
from ingest.files.jobs import BUILDING, remove_job, switch_job
from ingest.files.likeness import nearly_the_same
from ingest.files.ports import DatasetGate
from ingest.files.repository import FileRow
from ingest.files.types import ChunkView, FileChange, FileView, Original
from ingest.files.views import chunk_view, file_view
from ingest.storage.protocol import FileStore, original_key
from kit.clock import Clock
from kit.errors import Forbidden, Invalid
from kit.jobs.queue import JobQueue
from kit.pagination import Page, PageRequest, encode_cursor


@dataclass(frozen=True, slots=True)
class Files:
    """All methods take the caller's session and leave committing to it. NotFound where a dataset or file is not there
    for the caller."""

    gate: DatasetGate
    store: FileStore
    queue: JobQueue
    builds: Builds
    clock: Clock

    def list(self, session: Session, principal: Principal, dataset_id: str) -> Sequence[FileView]:
        """Oldest first."""
        self.gate.readable(session, principal, dataset_id)
        return [file_view(row) for row in repository.of_dataset(session, dataset_id)]

    def get(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> FileView:
        return file_view(self._row(session, principal, dataset_id, file_id))

    def change(
        self, session: Session, principal: Principal, dataset_id: str, file_id: str, change: FileChange
    ) -> FileView:
        dataset = self.gate.readable(session, principal, dataset_id)
        if change.re_ingest:
            repository.hold_originals(session, dataset.tenant_id)  # nobody else begins a build of it meanwhile
        file = repository.get(session, dataset_id, file_id).file
        if change.re_ingest:
            self.queue.hold_about(session, [file.id], kinds=BUILDING)
        if change.enabled is not None and change.enabled != file.enabled:
            file.enabled = change.enabled
            file.updated_at = self.clock.now()
            tell_updated(session, file, at=file.updated_at)
            self.queue.enqueue(
                session, switch_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id)
            )
        if change.re_ingest:
            self.builds.begin(session, file, dataset)
        session.flush()
        return file_view(repository.get(session, dataset_id, file_id))

    def delete(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> int:
        """Hides the file at once, and with a message what came with it, and leaves removing to jobs. Returns how many
        chunks searches lose."""
        file = self._row(session, principal, dataset_id, file_id).file
        self.queue.hold_about(session, [file.id, *ids_inside(session, file)], kinds=BUILDING)
        return self._delete(session, principal, dataset_id, file_id)

    def _delete(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> int:
        row = self._row(session, principal, dataset_id, file_id)
        file = row.file
        lost = sum(self._delete(session, principal, dataset_id, one.id) for one in attachments_of(session, file))
        file.deleted_at = file.updated_at = self.clock.now()
        self.queue.cancel(session, subject=file.id, kinds=BUILDING)
        tell_deleted(session, file, at=file.updated_at)
        self.queue.enqueue(session, remove_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id))
        return lost + (row.active_chunks or 0)

    def chunks(
        self, session: Session, principal: Principal, dataset_id: str, file_id: str, page: PageRequest
    ) -> Page[ChunkView]:
        """Those of the generation that is searched, in the order of the document."""
        file = self._row(session, principal, dataset_id, file_id).file
        first = position_after(page)
        if file.active_generation is None:
            return Page((), None)
        found = repository.chunks(session, file_id, file.active_generation, first=first, limit=page.limit + 1)
        shown = found[: page.limit]
        cursor = encode_cursor(str(shown[-1].position)) if len(found) > page.limit else None
        same = nearly_the_same(session, dataset_id, [chunk.id for chunk in shown])
        return Page([chunk_view(chunk, near_duplicate_of=same.get(chunk.id)) for chunk in shown], cursor)

    def original(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> Original:
        """The bytes as they were uploaded last. The caller releases what it is given.

        Forbidden for an agent where the dataset redacts: what is kept from its searches stands in the original.
        """
        redacts = self.gate.readable(session, principal, dataset_id).redaction.kinds
        if redacts and principal.agent_role is not None:
            raise Forbidden(
                f"dataset {dataset_id} replaces personal data before indexing, and originals hold it: they are for "
                f"people's keys, and key {principal.name!r} is of agent role {principal.agent_role!r}; read its chunks"
            )
        file = self._row(session, principal, dataset_id, file_id).file
        holding = ExitStack()
        path = holding.enter_context(self.store.local(original_key(tenant_id=file.tenant_id, sha256=file.sha256)))
        return Original(path, file.name, file.mime_type, file.size_bytes, file.sha256, holding.close)

    def _row(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> FileRow:
        self.gate.readable(session, principal, dataset_id)
        return repository.get(session, dataset_id, file_id)


def position_after(page: PageRequest) -> int:
    """Where a page of chunks begins. Invalid for a cursor that no list of chunks gave out."""
    return 0 if page.after is None else _position(page.after) + 1


def _position(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= 9):
        raise Invalid(f"cursor {encode_cursor(key)!r} is not one that this list gave out; start again without a cursor")
    return int(key)
