"""Which datasets there are, and where words stand in them as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from identity.audit.acts import note_read
from identity.types import Principal
from ingest.datasets.types import DatasetView
from ingest.files.ports import DatasetNames
from ingest.files.reading import Occurrence, Reading
from kit.db.database import Database
from orchestration.runs.arguments import text_of, whole_number_of
from orchestration.runs.told import piece_told
from orchestration.runs.types import ToolSpec
from orchestration.tasks.types import Json

LIST_DATASETS = "list_datasets"
FIND_TEXT = "find_text"

_LONGEST_WORDS = 400
_MOST_FOUND = 20
_FOUND = 8


class Catalogue(Protocol):
    def list(self, session: Session, principal: Principal) -> Sequence[DatasetView]: ...


class SearchQuota(Protocol):
    def spend_search(self, principal: Principal) -> None:
        """QuotaExceeded."""


@dataclass(frozen=True, slots=True)
class ListDatasetsTool:
    catalogue: Catalogue
    database: Database

    spec = ToolSpec(
        LIST_DATASETS,
        "The datasets that there are for you, and what they are about",
        {"type": "object", "properties": {}},
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:  # noqa: ARG002 - a Tool's
        with self.database.read() as session:
            views = self.catalogue.list(session, principal)
        return {"datasets": [_dataset(view) for view in views]}


@dataclass(frozen=True, slots=True)
class FindTextTool:
    """Counts as one search, however many datasets it looks into."""

    reading: Reading
    names: DatasetNames
    quota: SearchQuota
    database: Database

    spec = ToolSpec(
        FIND_TEXT,
        "Passages that hold these words exactly as they are, whatever their case: for names, numbers and quotations",
        {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "limit": {"type": "integer", "description": f"Passages at most, up to {_MOST_FOUND}; else {_FOUND}"},
            },
            "required": ["text"],
        },
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        words = text_of(arguments, "text", longest=_LONGEST_WORDS)
        limit = whole_number_of(arguments, "limit", least=1, most=_MOST_FOUND, default=_FOUND)
        self.quota.spend_search(principal)
        found: list[Occurrence] = []
        with self.database.read() as session:
            for dataset_id in self.names.readable_names(session, principal):
                found += self.reading.find(session, principal, dataset_id, words, limit=limit - len(found))
                if len(found) == limit:
                    break
        for file_id in dict.fromkeys(one.place.file_id for one in found):
            note_read("file", file_id, words=words)
        return {"text": words, "passages": [piece_told(one.place, one.piece) for one in found]}


def _dataset(view: DatasetView) -> Json:
    return {"name": view.name, "about": view.description, "files": view.total_files, "passages": view.total_chunks}
