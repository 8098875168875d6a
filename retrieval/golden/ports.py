"""What golden questions need of the layer that owns datasets and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from retrieval.records.ports import ReadableDatasets
from retrieval.search.calibration import Calibration
from retrieval.search.fusion import DatasetTuning


class Library(ReadableDatasets, Protocol):
    def file_names(self, session: Session, dataset_id: str) -> Mapping[str, str]:
        """Names of the living files of a dataset, by id."""

    def tune(self, session: Session, dataset_id: str, tuning: DatasetTuning) -> None:
        """From now on the dataset is searched so where a search does not say. Nothing where it is deleted."""

    def calibration(self, session: Session, dataset_id: str) -> Calibration | None:
        """What the dataset's scores are shown by; None where they are shown as they are, and where it is deleted."""

    def calibrate(self, session: Session, dataset_id: str, calibration: Calibration | None) -> None:
        """From now on the dataset's scores are shown so. Nothing where it is deleted."""
