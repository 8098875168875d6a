"""What files need to know of the datasets they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.documents import ParserEngine, ParseType


@dataclass(frozen=True, slots=True)
class HomeDataset:
    """A living dataset, as far as its files go."""

    id: str
    tenant_id: str
    collection: str
    chunk_size: int
    chunk_overlap: int
    parse_type: ParseType
    parser_engine: ParserEngine
    separators: Sequence[str]


class DatasetGate(Protocol):
    def readable(self, session: Session, principal: Principal, dataset_id: str) -> HomeDataset:
        """NotFound when it is not there for this caller, whatever the reason."""

    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        """Names of all living datasets that the caller may see, by id."""

    def living(self, session: Session, dataset_id: str) -> HomeDataset | None:
        """For work that acts for nobody in particular. None when it is deleted."""

    def collection(self, session: Session, dataset_id: str) -> str | None:
        """Where its vectors are, also after its deletion; None when nothing is left of it."""


class DatasetNames(Protocol):
    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        """Names of the living datasets that the caller may see, by id."""
