"""What records and golden questions need of the layer that owns datasets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal


class ReadableDatasets(Protocol):
    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        """Names of the living datasets that the caller may see, by id."""


class LivingFiles(ReadableDatasets, Protocol):
    def living_files(self, session: Session, file_ids: Collection[str]) -> Collection[str]:
        """Those that are not deleted."""
