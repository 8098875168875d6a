"""A file's headings, one of its pages or tables, and where a passage stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from identity.audit.acts import note_read
from identity.types import Principal
from ingest.files.reading import Excerpt, Reading, Section
from kit.db.database import Database
from kit.errors import NotFound
from orchestration.runs.arguments import text_of, whole_number_of
from orchestration.runs.told import piece_told, pieces_told, place_told
from orchestration.runs.types import ToolSpec
from orchestration.tasks.types import Json

OUTLINE = "outline"
FETCH_PAGE = "fetch_page"
FETCH_TABLE = "fetch_table"
CITE = "cite"

_LONGEST_ID = 100
_MOST_SECTIONS = 200
_MOST_NUMBER = 1_000_000
_FILE_ID: Mapping[str, Json] = {"type": "string", "description": "file_id of a passage"}


@dataclass(frozen=True, slots=True)
class OutlineTool:
    reading: Reading
    database: Database

    spec = ToolSpec(
        OUTLINE,
        "The headings of a file with their pages, where to read each from, and how many tables it has",
        {"type": "object", "properties": {"file_id": _FILE_ID}, "required": ["file_id"]},
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        file_id = text_of(arguments, "file_id", longest=_LONGEST_ID)
        with self.database.read() as session:
            found = self.reading.outline(session, principal, file_id)
        note_read("file", file_id)
        shown = found.sections[:_MOST_SECTIONS]
        return {
            **place_told(found.place),
            "tables": found.tables,
            "sections": [_section(one) for one in shown],
            "more_sections": len(found.sections) - len(shown),
        }


@dataclass(frozen=True, slots=True)
class FetchPageTool:
    reading: Reading
    database: Database

    spec = ToolSpec(
        FETCH_PAGE,
        "What starts on one page, slide or sheet of a file",
        {
            "type": "object",
            "properties": {"file_id": _FILE_ID, "page": {"type": "integer", "description": "From 1"}},
            "required": ["file_id", "page"],
        },
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        file_id, page = _part_of(arguments, "page")
        with self.database.read() as session:
            excerpt = self.reading.page(session, principal, file_id, page)
        if not excerpt.pieces:
            raise NotFound(f"nothing starts on page {page} of file {file_id}; {OUTLINE} shows its pages")
        note_read("file", file_id, page=page)
        return _told(excerpt)


@dataclass(frozen=True, slots=True)
class FetchTableTool:
    reading: Reading
    database: Database

    spec = ToolSpec(
        FETCH_TABLE,
        "One table of a file, also where it was too long for one passage",
        {
            "type": "object",
            "properties": {"file_id": _FILE_ID, "table": {"type": "integer", "description": "Its number, from 1"}},
            "required": ["file_id", "table"],
        },
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        file_id, number = _part_of(arguments, "table")
        with self.database.read() as session:
            excerpt = self.reading.table(session, principal, file_id, number)
        if not excerpt.pieces:
            raise NotFound(f"file {file_id} has {excerpt.total} tables; there is no table {number}")
        note_read("file", file_id, table=number)
        return _told(excerpt)


@dataclass(frozen=True, slots=True)
class CiteTool:
    reading: Reading
    database: Database

    spec = ToolSpec(
        CITE,
        "A passage as it stands, with the citation to put behind what is quoted from it",
        {"type": "object", "properties": {"chunk_id": {"type": "string"}}, "required": ["chunk_id"]},
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        chunk_id = text_of(arguments, "chunk_id", longest=_LONGEST_ID)
        with self.database.read() as session:
            excerpt = self.reading.around(session, principal, chunk_id, before=0, after=0)
        note_read("file", excerpt.place.file_id, chunk=chunk_id)
        return {"passages": [piece_told(excerpt.place, one) for one in excerpt.pieces]}


def _part_of(arguments: Mapping[str, Json], kind: str) -> tuple[str, int]:
    """The file's id, and which of its pages or tables."""
    file_id = text_of(arguments, "file_id", longest=_LONGEST_ID)
    return file_id, whole_number_of(arguments, kind, least=1, most=_MOST_NUMBER)


def _told(excerpt: Excerpt) -> Mapping[str, Json]:
    return {**place_told(excerpt.place), **pieces_told(excerpt.place, excerpt.pieces)}


def _section(one: Section) -> Json:
    return {"headings": [*one.heading_path], "page": one.page, "chunk_id": one.chunk_id, "tokens": one.tokens}
