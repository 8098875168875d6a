"""Datasets as golden questions need them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets import repository
from ingest.datasets.models import Dataset
from ingest.files.models import File
from kit.clock import Clock
from retrieval.search.calibration import Calibration
from retrieval.search.fusion import DatasetTuning

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DatasetLibrary:
    """Implements retrieval's Library."""

    clock: Clock

    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        return {row.id: row.name for row in repository.readable_by(session, principal)}

    def file_names(self, session: Session, dataset_id: str) -> Mapping[str, str]:
        wanted = select(File.id, File.name).where(File.dataset_id == dataset_id, File.deleted_at.is_(None))
        return {row.id: row.name for row in session.execute(wanted)}

    def living_files(self, session: Session, file_ids: Collection[str]) -> Collection[str]:
        found: set[str] = set()
        ids = sorted(file_ids)
        for start in range(0, len(ids), _AT_ONCE):
            wanted = select(File.id).where(File.id.in_(ids[start : start + _AT_ONCE]), File.deleted_at.is_(None))
            found.update(session.scalars(wanted))
        return found

    def tune(self, session: Session, dataset_id: str, tuning: DatasetTuning) -> None:
        row = session.get(Dataset, dataset_id)
        if row is not None and row.deleted_at is None:
            row.hybrid_alpha, row.fusion = tuning.alpha, tuning.fusion
            row.updated_at = self.clock.now()

    def calibration(self, session: Session, dataset_id: str) -> Calibration | None:
        row = session.get(Dataset, dataset_id)
        return None if row is None else repository.calibration_of(row.calibration)

    def calibrate(self, session: Session, dataset_id: str, calibration: Calibration | None) -> None:
        row = session.get(Dataset, dataset_id)
        if row is not None and row.deleted_at is None:
            row.calibration = None if calibration is None else calibration.stored()
            row.updated_at = self.clock.now()
