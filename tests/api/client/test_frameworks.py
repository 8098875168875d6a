"""Cairn as a retriever in other frameworks, where they are installed."""

from __future__ import annotations

import asyncio

import pytest

from cairn_client import AsyncCairn, Cairn
from tests.api.conftest import ADMIN_KEY


class TestLangChain:
    def test_retrieves_documents_with_their_source(self, cairn: Cairn, filled: str, url: str) -> None:
        pytest.importorskip("langchain_core", reason="pip install cairn[langchain]")
        from cairn_client.langchain import CairnRetriever  # noqa: PLC0415 - only where the framework is there

        (found,) = CairnRetriever(cairn=cairn, dataset_ids=[filled]).invoke("What burns in the lantern?")
        assert "whale oil" in found.page_content
        assert found.metadata["source"] == "harbour.md"
        assert 0 < found.metadata["score"] <= 1

        async def awaited() -> str:
            async with AsyncCairn(url, ADMIN_KEY) as other:
                retriever = CairnRetriever(cairn=cairn, async_cairn=other, dataset_ids=[filled], min_score=0.01)
                return str((await retriever.ainvoke("lantern"))[0].page_content)

        assert "whale oil" in asyncio.run(awaited())


class TestLlamaIndex:
    def test_retrieves_nodes_with_their_source(self, cairn: Cairn, filled: str, url: str) -> None:
        pytest.importorskip("llama_index.core", reason="pip install cairn[llama-index]")
        from cairn_client.llama_index import CairnRetriever  # noqa: PLC0415 - only where the framework is there

        (found,) = CairnRetriever(cairn, [filled]).retrieve("What burns in the lantern?")
        assert "whale oil" in found.node.get_content()
        assert found.node.metadata["source"] == "harbour.md"
        assert 0 < (found.score or 0) <= 1

        async def awaited() -> str:
            async with AsyncCairn(url, ADMIN_KEY) as other:
                nodes = await CairnRetriever(cairn, [filled], async_cairn=other).aretrieve("lantern")
                return str(nodes[0].node.get_content())

        assert "whale oil" in asyncio.run(awaited())
