"""What an agent may do in a run: first of all search the datasets that its role may see, and read around what it
finds. Other tools that read are in `finding_tools` and `file_tools`, those that change something in `effects`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from identity.audit.acts import note_read
from identity.types import Principal
from ingest.files.ports import DatasetNames
from ingest.files.reading import Reading
from kit.db.database import Database
from kit.errors import Conflict, Forbidden, Invalid, NotFound, Unprocessable
from orchestration.runs.arguments import text_of
from orchestration.runs.told import piece_told
from orchestration.runs.types import ToolCall, ToolSpec
from orchestration.tasks.types import Json
from retrieval.records.recorder import SearchRecorder
from retrieval.search.citation import citation_key
from retrieval.search.types import SearchHit, SearchRequest, SearchResult

SEARCH = "search"
READ_AROUND = "read_around"

_HITS = 8
_AROUND = 1
_LONGEST_QUERY = 8000
_LONGEST_ID = 100

FOR_THE_MODEL = (Conflict, Forbidden, Invalid, NotFound, Unprocessable)
"""What it can do something about: it is told. Anything else ends the run, or puts it off."""


class Tool(Protocol):
    """Tools of this kind read and change nothing, so one whose turn was lost may be called again."""

    @property
    def spec(self) -> ToolSpec: ...

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        """Raises CairnErrors."""


class Searching(Protocol):
    def search(self, principal: Principal, request: SearchRequest) -> SearchResult: ...


@dataclass(frozen=True, slots=True)
class Toolbox:
    """`effects` are tools that change something: they happen with the turn, not before it."""

    tools: Sequence[Tool]
    effects: Sequence[ToolSpec] = ()

    def only(self, names: Sequence[str] | None) -> Toolbox:
        """Those of these names; None: all."""
        if names is None:
            return self
        return Toolbox(
            [tool for tool in self.tools if tool.spec.name in names],
            [spec for spec in self.effects if spec.name in names],
        )

    @property
    def specs(self) -> Sequence[ToolSpec]:
        return [*(tool.spec for tool in self.tools), *self.effects]

    def call(self, principal: Principal, call: ToolCall) -> str | None:
        """JSON: what the tool found, or an `error` in words. None for an effect, which is still to happen. Raises what
        the model can do nothing about."""
        spec = next((one for one in self.specs if one.name == call.name), None)
        if spec is None:
            known = ", ".join(one.name for one in self.specs)
            return _json({"error": f"there is no tool {call.name!r}; there are: {known}"})
        if call.malformed is not None:
            return _json(
                {
                    "error": f"the arguments are no JSON object: {call.malformed[:200]!r}; send one that fits "
                    f"{_json(spec.parameters)}"
                }
            )
        tool = next((one for one in self.tools if one.spec.name == call.name), None)
        if tool is None:
            return None
        try:
            return _json(tool.run(principal, call.arguments))
        except FOR_THE_MODEL as error:
            return _json({"error": error.message})


@dataclass(frozen=True, slots=True)
class SearchTool:
    """Searches all datasets that the agent may see; each search is recorded as anybody's is."""

    search: Searching
    recorder: SearchRecorder
    names: DatasetNames
    database: Database

    spec = ToolSpec(
        SEARCH,
        "Passages of the knowledge base that fit a question, best first",
        {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        query = text_of(arguments, "query", longest=_LONGEST_QUERY)
        with self.database.read() as session:
            datasets = self.names.readable_names(session, principal)
        passages: list[Json] = []
        if datasets:
            request = SearchRequest(query, tuple(datasets), top_k=_HITS)
            result = self.search.search(principal, request)
            self.recorder.record(principal, request, result)
            passages = [_hit(hit, datasets) for hit in result.hits]
        return {"query": query, "datasets": [*datasets.values()], "passages": passages}


@dataclass(frozen=True, slots=True)
class ReadAroundTool:
    reading: Reading
    database: Database

    spec = ToolSpec(
        READ_AROUND,
        "A passage with those before and after it in its file",
        {"type": "object", "properties": {"chunk_id": {"type": "string"}}, "required": ["chunk_id"]},
    )

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        chunk_id = text_of(arguments, "chunk_id", longest=_LONGEST_ID)
        with self.database.read() as session:
            excerpt = self.reading.around(session, principal, chunk_id, before=_AROUND, after=_AROUND)
        note_read("file", excerpt.place.file_id, chunk=chunk_id)
        return {"chunk_id": chunk_id, "passages": [piece_told(excerpt.place, one) for one in excerpt.pieces]}


def _hit(hit: SearchHit, names: Mapping[str, str]) -> Json:
    passage = hit.passage
    return {
        "chunk_id": passage.chunk_id,
        "file_id": passage.file_id,
        "citation": citation_key(file_id=passage.file_id, page=passage.page, content=passage.content),
        "dataset": names[passage.dataset_id],
        "file": passage.file_name,
        "page": passage.page,
        "headings": [*passage.heading_path],
        "score": round(hit.score, 4),
        "text": passage.content,
    }


def _json(value: Mapping[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False)
