"""Where a caller's datasets are searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from identity.types import Principal
from ingest.datasets.errors import DatasetNotFound
from ingest.datasets.repository import searchable_by
from kit.db.database import Database
from retrieval.search.fusion import DatasetTuning
from retrieval.search.ports import SearchTarget


@dataclass(frozen=True, slots=True)
class Directory:
    """Implements retrieval's DatasetDirectory."""

    database: Database

    def targets(self, principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:
        readable = searchable_by(self.database, principal, dataset_ids)
        calibrations = {row.id: row.calibration for row in readable.values() if row.calibration is not None}
        grouped: defaultdict[tuple[str, str, DatasetTuning], list[str]] = defaultdict(list)
        for dataset_id in dict.fromkeys(dataset_ids):
            row = readable.get(dataset_id)
            if row is None:
                raise DatasetNotFound(dataset_id)
            grouped[row.collection, row.embedding_model, row.tuning].append(row.id)
        return [
            SearchTarget(collection, model, ids, tuning, {one: calibrations[one] for one in ids if one in calibrations})
            for (collection, model, tuning), ids in grouped.items()
        ]
