"""What those who watch are told of files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ingest.files.models import File
from ingest.files.views import progress, shown_status
from kit.events.outbox import publish
from kit.events.types import NewEvent

FILE_UPDATED = "file_updated"
FILE_DELETED = "file_deleted"


def tell_updated(session: Session, file: File, *, at: datetime, chunks: int = 0) -> None:
    """The file's state as it is in this transaction. `chunks`: how many were embedded since the last time."""
    event = NewEvent(
        type=FILE_UPDATED,
        tenant_id=file.tenant_id,
        dataset_id=file.dataset_id,
        data={
            "datasetId": file.dataset_id,
            "fileId": file.id,
            "fileName": file.name,
            "status": shown_status(file).value,
            "progress": progress(file),
            "chunksDone": file.chunks_done,
            "chunksTotal": file.chunks_total,
            "chunksAdded": chunks,
            "pagesDone": file.pages_done,
            "pagesTotal": file.pages_total,
            "errorCode": file.error_code,
            "errorMessage": file.error_message,
        },
    )
    publish(session, event, at=at)


def tell_deleted(session: Session, file: File, *, at: datetime) -> None:
    data = {"datasetId": file.dataset_id, "fileId": file.id, "fileName": file.name}
    publish(session, NewEvent(FILE_DELETED, file.tenant_id, data, dataset_id=file.dataset_id), at=at)
