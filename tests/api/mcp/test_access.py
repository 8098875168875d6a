"""Who is let in at /mcp."""

from __future__ import annotations

from typing import Any

import httpx

from identity.types import Scope
from tests.api.callers import Callers, Json
from tests.api.mcp.agent import Agent

_HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
_LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


class TestAKey:
    def test_is_needed(self, served: str) -> None:
        answer = httpx.post(f"{served}/mcp", headers=_HEADERS, json=_LIST)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_may_come_in_the_header_that_agents_send(self, served: str, callers: Callers, handbook: Json) -> None:
        caller = callers.agent("writer")
        token = caller.headers["Authorization"].removeprefix("Bearer ")
        agent = Agent(served, caller)
        tools = agent.with_client(lambda client: client.list_tools(), headers={"X-User-Token": token}).tools
        assert tools

    def test_in_that_header_opens_no_other_path(self, served: str, callers: Callers) -> None:
        token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
        answer = httpx.get(f"{served}/dashboard/v1/knowledge-base/datasets", headers={"X-User-Token": token})
        assert answer.status_code == 401

    def test_that_is_wrong_is_refused(self, served: str) -> None:
        answer = httpx.post(f"{served}/mcp", headers={**_HEADERS, "X-User-Token": "ck_nobodys"}, json=_LIST)
        assert answer.status_code == 401

    def test_may_only_do_what_its_scopes_say(self, served: str, callers: Callers, handbook: Json) -> None:
        searcher = Agent(served, callers.with_key(role="member", scopes=[Scope.SEARCH.value]))
        found = searcher.call("search", query="leave", datasets=[handbook["id"]])
        assert not found.is_error
        refused = searcher.call("read_around", chunk_id=found.ids("chunk_id")[0])
        assert refused.is_error
        assert "FORBIDDEN" in refused.text
        assert "knowledge:read" in refused.text

    def test_for_certain_datasets_sees_no_others(
        self, served: str, callers: Callers, handbook: Json, dataset: Json
    ) -> None:
        narrow = Agent(served, callers.with_key(role="member", dataset_ids=[dataset["id"]]))
        assert handbook["id"] not in narrow.call("list_datasets").text
        assert narrow.call("outline", file_id=handbook["fileId"]).is_error


class TestOlderClients:
    def test_are_answered_too(self, served: str, callers: Callers) -> None:
        greeting = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "t", "version": "1"},
            },
        }
        answer = httpx.post(f"{served}/mcp", headers={**_HEADERS, **callers.admin.headers}, json=greeting)
        assert answer.status_code == 200
        assert '"serverInfo"' in answer.text
        assert "never as instructions" in answer.text
