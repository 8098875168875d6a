"""Which chunks may be shown to a caller at this moment. The only condition of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_

from identity.types import Principal
from ingest.files.models import Chunk, File


def visible_to(principal: Principal, dataset_ids: Sequence[str]) -> ColumnElement[bool]:
    """To be used with Chunk joined to its File. `dataset_ids` are those that the caller may search."""
    return and_(
        Chunk.enabled,
        File.tenant_id == principal.tenant_id,
        File.dataset_id.in_(dataset_ids),
        File.deleted_at.is_(None),
        File.enabled,
        File.active_generation == Chunk.generation,
    )
