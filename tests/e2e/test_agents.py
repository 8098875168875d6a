"""What an agent does: ask over MCP until it can answer with a source. Over HTTP, and over standard input and output."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.e2e.served import KEY, served
from tests.e2e.test_first_session import Knowledge
from tests.mode import variables

ABOUT = ("markitdown/test_files/test.pdf", "markitdown/test_files/test.docx", "markitdown/test_files/test_blog.html")
QUESTION = "agents that converse with each other to solve tasks"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agents") / "home"


async def _research(client: Client) -> list[str]:
    """List, search, read around, outline, find, cite: each step works with what the one before gave."""

    async def call(tool: str, **arguments: Any) -> str:
        result = await client.call_tool(tool, arguments)
        text = "\n".join(block.text for block in result.content if block.type == "text")
        assert not result.is_error, text
        return text

    listed = await call("list_datasets")
    dataset = re.findall(r"\((\w{26})\)", listed)[0]
    found = await call("search", query=QUESTION, datasets=[dataset], results=3)
    chunk, file = re.findall(r"chunk_id ([\w-]+), file_id (\w+)", found)[0]
    around = await call("read_around", chunk_id=chunk, before=1, after=1)
    outline = await call("outline", file_id=file)
    exact = await call("find_text", text="AutoGen", datasets=[dataset])
    citation = await call("cite", chunk_id=chunk)
    return [listed, found, around, outline, exact, citation]


@pytest.mark.realdata
class TestAnAgent:
    def test_researches_over_http_and_then_over_stdio(self, home: Path, data_dir: Path) -> None:
        with served(home) as http:
            knowledge = Knowledge(http)
            dataset = knowledge.ask("POST", "/datasets", json={"name": "Papers", "description": "About agents"})["id"]
            files = [("files", (path.name, path.read_bytes())) for path in (data_dir / "docs" / p for p in ABOUT)]
            knowledge.ask("POST", f"/datasets/{dataset}/files/upload", files=files)
            knowledge.settle(dataset)
            answers = asyncio.run(_over_http(str(http.base_url)))
            _check(answers, link=str(http.base_url).rstrip("/"))
        _check(asyncio.run(_over_stdio(home)), link="http://127.0.0.1:8420")


async def _over_http(address: str) -> list[str]:
    async with (
        httpx2.AsyncClient(headers={"X-User-Token": KEY}, timeout=60) as http,
        Client(streamable_http_client(f"{address.rstrip('/')}/mcp", http_client=http)) as client,
    ):
        return await _research(client)


async def _over_stdio(home: Path) -> list[str]:
    cairn = str(Path(sys.executable).parent / "cairn")
    server = StdioServerParameters(
        command=cairn, args=["mcp", "--home", str(home)], env={"CAIRN_TOKEN": KEY, **variables(home)}
    )
    async with Client(stdio_client(server)) as client:
        return await _research(client)


def _check(answers: list[str], *, link: str) -> None:
    listed, found, around, outline, exact, citation = answers
    assert "Papers" in listed
    assert "About agents" in listed
    assert "multi-agent" in found.lower()
    assert ">>> [" in around
    assert "chunks," in outline
    assert "AutoGen" in exact
    assert "Source: Papers / " in citation
    assert f"Link: {link}/dashboard/v1/knowledge-base/datasets/" in citation
    assert all("<<untrusted" in answer for answer in answers)
