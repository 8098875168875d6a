"""Cairn as a retriever in LangChain: `pip install cairn[langchain]`.

retriever = CairnRetriever(cairn=Cairn(url, key), dataset_ids=[dataset.id])
documents = retriever.invoke("How long is the notice period?")
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from cairn_client.client import AsyncCairn, Cairn
from cairn_client.models import SearchHit
from cairn_client.origin import origin_of


class CairnRetriever(BaseRetriever):  # type: ignore[misc]  # the framework is not read by the type checker
    """Where `async_cairn` is given, `ainvoke` awaits it; without it, LangChain runs the other on a thread."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    cairn: Cairn
    dataset_ids: list[str]
    async_cairn: AsyncCairn | None = None
    top_k: int = 5
    min_score: float = 0.0
    rerank: bool = False
    where: Mapping[str, Any] | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - the framework hands it to every retriever
    ) -> list[Document]:
        found = self.cairn.search(query, self.dataset_ids, **self._how())
        return [_document(hit) for hit in found.results]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        if self.async_cairn is None:
            return list(await super()._aget_relevant_documents(query, run_manager=run_manager))
        found = await self.async_cairn.search(query, self.dataset_ids, **self._how())
        return [_document(hit) for hit in found.results]

    def _how(self) -> dict[str, Any]:
        return {"top_k": self.top_k, "min_score": self.min_score, "rerank": self.rerank, "where": self.where}


def _document(hit: SearchHit) -> Document:
    return Document(id=hit.chunk_id, page_content=hit.content, metadata={**origin_of(hit), "score": hit.score})
