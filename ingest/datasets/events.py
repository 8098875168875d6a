"""What those who watch are told of datasets."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ingest.datasets.models import Dataset
from kit.events.outbox import publish
from kit.events.types import NewEvent

DATASET_CREATED = "dataset_created"
DATASET_UPDATED = "dataset_updated"
DATASET_DELETED = "dataset_deleted"


def tell_dataset(session: Session, row: Dataset, kind: str) -> None:
    """`kind` is one of the above."""
    data = {"datasetId": row.id, "name": row.name}
    publish(session, NewEvent(kind, row.tenant_id, data, dataset_id=row.id), at=row.updated_at)
