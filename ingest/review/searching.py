"""Finding words in the chunks of one file, as a reviewer does: no model, every chunk, switched-off ones as well."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files import repository as files
from ingest.files.likeness import nearly_the_same
from ingest.files.models import Chunk
from ingest.files.ports import DatasetGate
from ingest.files.service import position_after
from ingest.files.types import ChunkView
from ingest.files.views import chunk_view
from ingest.review import repository
from kit.pagination import Page, PageRequest, encode_cursor


@dataclass(frozen=True, slots=True)
class ChunkSearch:
    gate: DatasetGate

    def find(
        self, session: Session, principal: Principal, dataset_id: str, file_id: str, *, words: str, page: PageRequest
    ) -> Page[ChunkView]:
        """Chunks that hold all of the words, in any order and case, in their content or headings; document order.

        Compared here and not in the database: SQLite folds the case of ASCII letters only.
        """
        self.gate.readable(session, principal, dataset_id)
        file = files.get(session, dataset_id, file_id).file
        if file.active_generation is None:
            return Page((), None)
        wanted = _folded(words).split()
        found = (
            chunk for chunk in repository.all_chunks(session, file, first=position_after(page)) if _holds(chunk, wanted)
        )
        shown = list(islice(found, page.limit + 1))
        cursor = encode_cursor(str(shown[page.limit - 1].position)) if len(shown) > page.limit else None
        shown = shown[: page.limit]
        same = nearly_the_same(session, dataset_id, [chunk.id for chunk in shown])
        return Page([chunk_view(chunk, near_duplicate_of=same.get(chunk.id)) for chunk in shown], cursor)


def _holds(chunk: Chunk, words: list[str]) -> bool:
    text = _folded("\n".join([chunk.content, *chunk.heading_path]))
    return all(word in text for word in words)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
