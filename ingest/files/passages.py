"""What may be shown of the chunks that an engine found: the rows decide, at the moment of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from identity.types import Principal
from ingest.files.models import Chunk, File
from kit.db.database import Database
from kit.db.prepared import Prepared
from retrieval.search.types import Passage

# Built once: putting a statement together costs a search as much as running it.
_VISIBLE = Prepared(
    select(
        Chunk.id,
        Chunk.file_id,
        Chunk.dataset_id,
        Chunk.content,
        Chunk.context,
        Chunk.page,
        Chunk.heading_path,
        File.name,
        File.url,
        File.published_at,
    )
    .join(File, File.id == Chunk.file_id)
    .where(
        Chunk.id.in_(bindparam("chunks", expanding=True)),
        Chunk.enabled,
        File.tenant_id == bindparam("tenant"),
        File.dataset_id.in_(bindparam("datasets", expanding=True)),
        File.deleted_at.is_(None),
        File.enabled,
        File.active_generation == Chunk.generation,
    )
)


@dataclass(frozen=True, slots=True)
class Passages:
    """Implements retrieval's PassageReader."""

    database: Database

    def passages(
        self, principal: Principal, dataset_ids: Sequence[str], chunk_ids: Sequence[str]
    ) -> Mapping[str, Passage]:
        wanted = {"tenant": principal.tenant_id, "datasets": list(dataset_ids), "chunks": list(chunk_ids)}
        return {row.id: _passage(row) for row in self.database.rows(_VISIBLE, wanted)}


def _passage(row: Any) -> Passage:
    return Passage(
        chunk_id=row.id,
        file_id=row.file_id,
        file_name=row.name,
        dataset_id=row.dataset_id,
        content=row.content,
        context=row.context,
        page=row.page,
        heading_path=tuple(row.heading_path),
        url=row.url,
        published_at=None if row.published_at is None else row.published_at.isoformat(),
    )
