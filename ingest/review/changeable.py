"""Which files' changes may be changed now: the only place of that rule."""

from __future__ import annotations

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files import repository as files
from ingest.files.models import File
from ingest.files.ports import DatasetGate
from ingest.files.types import GenerationState
from ingest.review import repository
from ingest.review.errors import FileHasNoChunks, FileIsBeingBuilt


def changeable_file(session: Session, gate: DatasetGate, principal: Principal, dataset_id: str, file_id: str) -> File:
    """Held until the end of the transaction. NotFound where it is not there for the caller, FileIsBeingBuilt,
    FileHasNoChunks."""
    gate.readable(session, principal, dataset_id)
    file = repository.locked_file(session, files.get(session, dataset_id, file_id).file.id)
    latest = files.generation(session, file.id, file.latest_generation)
    if latest is not None and latest.state == GenerationState.BUILDING:
        raise FileIsBeingBuilt(file.name)
    if file.active_generation is None:
        raise FileHasNoChunks(file.name)
    return file
