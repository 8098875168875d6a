"""What files need to know of the datasets they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.documents import ParserEngine, ParseType
from ingest.redaction.types import NOTHING, Redaction


class Shelf(NamedTuple):
    """Where vectors of a dataset stand, and the model that made them."""

    collection: str
    model: str


@dataclass(frozen=True, slots=True)
class HomeDataset:
    """A living dataset, as far as its files go."""

    id: str
    tenant_id: str
    collection: str
    embedding_model: str
    chunk_size: int
    chunk_overlap: int
    parse_type: ParseType
    parser_engine: ParserEngine
    separators: Sequence[str]
    redaction: Redaction = NOTHING
    ocr_max_pages: int | None = None
    only_main_content: bool = True


class DatasetGate(Protocol):
    def readable(self, session: Session, principal: Principal, dataset_id: str) -> HomeDataset:
        """NotFound when it is not there for this caller, whatever the reason."""

    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        """Names of all living datasets that the caller may see, by id."""

    def living(self, session: Session, dataset_id: str, *, hold: bool = False) -> HomeDataset | None:
        """For work that acts for nobody in particular. None when it is deleted. `hold`: until the end of the
        transaction it is searched where it is searched now; take it after the job's own row."""

    def shelf(self, session: Session, dataset_id: str, *, hold: bool = False) -> Shelf | None:
        """Where it is searched, also after its deletion; None when nothing is left of it. `hold` as above."""

    def shelves(self, session: Session, dataset_id: str) -> Sequence[Shelf]:
        """Wherever it has vectors: first where it is searched, then what is being filled or is kept. Empty when nothing
        is left of it."""


class CommonLines(Protocol):
    def of(self, session: Session, file_ids: Sequence[str]) -> Mapping[str, bytes]:
        """By file, hashes of lines, joined, that it shares with others of its kind and is not to be read for. Files
        without any need not be there."""


class DatasetNames(Protocol):
    def readable_names(self, session: Session, principal: Principal) -> Mapping[str, str]:
        """Names of the living datasets that the caller may see, by id."""
