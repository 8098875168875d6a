"""Has the engine search the generation that the rows name, after another one had been switched to or may have been."""

from __future__ import annotations

from typing import NamedTuple

from ingest.files.models import File
from ingest.files.ports import DatasetGate
from kit.db.database import Database
from retrieval.stores.protocol import VectorStore


class Served(NamedTuple):
    collection: str
    generation: int
    enabled: bool


def serve_rows(database: Database, gate: DatasetGate, store: VectorStore, file_id: str) -> None:
    """Until the rows say after a write what they said before: whoever writes last sees what they say in the end."""
    wanted = _served(database, gate, file_id)
    while wanted is not None:
        store.activate(wanted.collection, file_id, wanted.generation, enabled=wanted.enabled)
        after = _served(database, gate, file_id)
        if after == wanted:
            return
        wanted = after


def _served(database: Database, gate: DatasetGate, file_id: str) -> Served | None:
    """None where nothing serves."""
    with database.read() as session:
        file = session.get(File, file_id)
        if file is None or file.deleted_at is not None or file.active_generation is None:
            return None
        shelf = gate.shelf(session, file.dataset_id)
        return None if shelf is None else Served(shelf.collection, file.active_generation, file.enabled)
