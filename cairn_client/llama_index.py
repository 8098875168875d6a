"""Cairn as a retriever in LlamaIndex: `pip install cairn[llama-index]`.

retriever = CairnRetriever(Cairn(url, key), [dataset.id])
nodes = retriever.retrieve("How long is the notice period?")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from cairn_client.client import AsyncCairn, Cairn
from cairn_client.models import SearchHit
from cairn_client.origin import origin_of


class CairnRetriever(BaseRetriever):  # type: ignore[misc]  # as in cairn_client.langchain
    """Where `async_cairn` is given, `aretrieve` awaits it; without it, the other is called."""

    def __init__(
        self, cairn: Cairn, dataset_ids: Sequence[str], *, async_cairn: AsyncCairn | None = None, top_k: int = 5,
        min_score: float = 0.0, rerank: bool = False, where: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._cairn = cairn
        self._async_cairn = async_cairn
        self._dataset_ids = list(dataset_ids)
        self._how: dict[str, Any] = {"top_k": top_k, "min_score": min_score, "rerank": rerank, "where": where}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._cairn.search(query_bundle.query_str, self._dataset_ids, **self._how)
        return [_node(hit) for hit in found.results]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._async_cairn is None:
            return self._retrieve(query_bundle)
        found = await self._async_cairn.search(query_bundle.query_str, self._dataset_ids, **self._how)
        return [_node(hit) for hit in found.results]


def _node(hit: SearchHit) -> NodeWithScore:
    return NodeWithScore(node=TextNode(id_=hit.chunk_id, text=hit.content, metadata=origin_of(hit)), score=hit.score)
