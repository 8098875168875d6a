"""Tools with which an agent reads in a run: what its role may see, with the citation to quote it by, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from identity.audit.acts import Act, acting
from identity.types import Principal
from ingest.datasets.gate import Gate
from orchestration.runs.file_tools import CiteTool, FetchPageTool, FetchTableTool, OutlineTool
from orchestration.runs.finding_tools import FindTextTool, ListDatasetsTool
from orchestration.runs.tools import Tool, Toolbox
from orchestration.runs.types import ToolCall
from orchestration.runtime import Runtime
from orchestration.teamwork import TOOLS
from tests.api.callers import Callers, Json
from tests.api.mcp.conftest import HANDBOOK

LONG_TABLE = "# Prices\n\n| Part | Price |\n|---|---|\n" + "".join(f"| P-{n:04} | {n} |\n" for n in range(1500))
OWN = {"handbook.md": HANDBOOK, "prices.md": LONG_TABLE}


@pytest.fixture(scope="module")
def handbook(callers: Callers) -> Iterator[Json]:
    """Files of a dataset for writers, by name; `id` is the dataset's."""
    body = {"name": "Handbook of writers", "description": "What holds here", "allowedAgentRoles": ["writer"]}
    dataset = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json=body).json()
    files = {name: callers.admin.upload(dataset, name, text)["id"] for name, text in OWN.items()}
    for file_id in files.values():
        callers.admin.settled(dataset, file_id)
    yield {**files, "id": dataset["id"]}
    callers.admin.delete(f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}")


class Desk:
    """The tools in one agent's hand."""

    def __init__(self, runtime: Runtime, token: str) -> None:
        with runtime.database.read() as session:
            self.principal: Principal = runtime.keys.authenticate(session, token)
        reading, database = runtime.reading, runtime.database
        tools: list[Tool] = [
            ListDatasetsTool(runtime.datasets, database), FindTextTool(reading, Gate(), runtime.quotas, database),
            OutlineTool(reading, database), FetchPageTool(reading, database), FetchTableTool(reading, database),
            CiteTool(reading, database),
        ]  # fmt: skip
        self.toolbox = Toolbox(tools)
        self.read: list[str] = []

    def call(self, name: str, **arguments: Any) -> Mapping[str, Any]:
        with acting(Act.of(self.principal)) as act:
            result = self.toolbox.call(self.principal, ToolCall("call-1", name, arguments))
        self.read = [note.entity_id for note in act.notes]
        assert result is not None
        found: Mapping[str, Any] = json.loads(result)
        return found


def desk_of(runtime: Runtime, callers: Callers, role: str) -> Desk:
    return Desk(runtime, callers.agent(role).headers["Authorization"].partition(" ")[2])


@pytest.fixture
def writer(runtime: Runtime, callers: Callers) -> Desk:
    return desk_of(runtime, callers, "writer")


@pytest.fixture
def stranger(runtime: Runtime, callers: Callers) -> Desk:
    """An agent whose role may see none of it."""
    return desk_of(runtime, callers, "gardener")


class TestWhatThereIs:
    def test_is_listed_with_what_it_is_about(self, writer: Desk, stranger: Desk, handbook: Json) -> None:
        name = "Handbook of writers"
        (mine,) = [one for one in writer.call("list_datasets")["datasets"] if one["name"] == name]
        assert (mine["about"], mine["files"]) == ("What holds here", 2)
        assert name not in str(stranger.call("list_datasets"))

    def test_is_found_by_its_very_words(self, writer: Desk, stranger: Desk, handbook: Json) -> None:
        (found,) = writer.call("find_text", text="hr-4711/B")["passages"]
        assert "thirty days of leave" in found["text"]
        assert (found["file_id"], found["file"]) == (handbook["handbook.md"], "handbook.md")
        assert writer.read == [handbook["handbook.md"]]
        assert stranger.call("find_text", text="HR-4711/b")["passages"] == []
        assert len(writer.call("find_text", text="P-0", limit=2)["passages"]) == 2


class TestAFile:
    def test_is_gone_through_by_its_headings(self, writer: Desk, handbook: Json) -> None:
        outline = writer.call("outline", file_id=handbook["handbook.md"])
        assert [one["headings"][-1] for one in outline["sections"]] == ["Working here", "Rooms"]
        assert outline["tables"] == 1
        passage = writer.call("cite", chunk_id=outline["sections"][0]["chunk_id"])["passages"][0]
        assert "three months" in passage["text"]
        assert writer.read == [handbook["handbook.md"]]

    def test_gives_a_table_as_far_as_there_is_room(self, writer: Desk, handbook: Json) -> None:
        whole = writer.call("fetch_table", file_id=handbook["handbook.md"], table=1)
        assert "| Birch | 4 |" in whole["passages"][0]["text"]
        assert "more" not in whole
        long = writer.call("fetch_table", file_id=handbook["prices.md"], table=1.0)
        assert len(long["passages"]) > 1
        assert long["more"]["passages"] > 0
        told = [one["chunk_id"] for one in long["passages"]]
        follows = writer.call("cite", chunk_id=long["more"]["from_chunk_id"])["passages"][0]
        assert follows["chunk_id"] not in told

    @pytest.mark.parametrize(
        ("tool", "more", "lack"),
        [("fetch_table", {"table": 2}, "has 1 tables"), ("fetch_page", {"page": 3}, "nothing starts on page 3")],
    )
    def test_says_what_it_lacks(self, writer: Desk, handbook: Json, tool: str, more: Json, lack: str) -> None:
        assert lack in writer.call(tool, file_id=handbook["handbook.md"], **more)["error"]

    @pytest.mark.parametrize(
        ("tool", "more"), [("outline", {}), ("fetch_page", {"page": 1}), ("fetch_table", {"table": 1})]
    )
    def test_of_others_is_not_there(self, stranger: Desk, handbook: Json, tool: str, more: Json) -> None:
        theirs = stranger.call(tool, file_id=handbook["handbook.md"], **more)
        unknown = stranger.call(tool, file_id="01KAAAAAAAAAAAAAAAAAAAAAAA", **more)
        assert str(theirs).replace(handbook["handbook.md"], "X") == str(unknown).replace(
            "01KAAAAAAAAAAAAAAAAAAAAAAA", "X"
        )
        assert "error" in theirs

    def test_of_others_has_no_passage_to_cite(self, writer: Desk, stranger: Desk, handbook: Json) -> None:
        chunk = writer.call("outline", file_id=handbook["handbook.md"])["sections"][0]["chunk_id"]
        assert "error" in stranger.call("cite", chunk_id=chunk)

    @pytest.mark.parametrize("page", [0, 1.5, True, "1", None])
    def test_takes_no_page_that_is_none(self, writer: Desk, handbook: Json, page: object) -> None:
        refused = writer.call("fetch_page", file_id=handbook["handbook.md"], page=page)
        assert "send a whole number from 1" in refused["error"]


def test_an_agent_may_be_given_each_of_them(runtime: Runtime, callers: Callers, writer: Desk) -> None:
    assert {spec.name for spec in writer.toolbox.specs} < {*TOOLS}
