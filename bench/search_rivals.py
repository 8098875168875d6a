"""Searches with txtai, LlamaIndex and Haystack, in an environment where these are installed.

It stands alone: nothing of Cairn is imported, since Cairn is not installed there. bench.search_peers starts it, with
the name of a rival as argument and {"model", "passages": [[id, text], …], "queries": [[id, text], …], "results"} on
standard input; it prints {"index_seconds", "milliseconds": […], "rankings": {query: [id, …]}}. What it imports and the
model's weights are loaded before the clock starts, by an index of one passage.

Each is set up as its own documentation says for hybrid search with a local model: txtai's `hybrid` index; LlamaIndex's
Qdrant store with `enable_hybrid`, whose sparse vectors are BM25's as its fastembed model makes them (that model itself
comes from a hub); Haystack's keyword and embedding retrievers joined by reciprocal rank fusion.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from zlib import crc32

Passages: TypeAlias = Sequence[tuple[str, str]]
Search: TypeAlias = Callable[[str], list[str]]
Make: TypeAlias = Callable[[Passages], Search]

_WORD = re.compile(r"\w+")


def txtai(model: str, results: int) -> Make:
    from txtai import Embeddings  # noqa: PLC0415 - whichever is asked for need be there

    index = Embeddings(path=model, hybrid=True, content=False)

    def make(passages: Passages) -> Search:
        index.index([(name, text, None) for name, text in passages])
        return lambda query: [str(name) for name, _ in index.search(query, results)]

    return make


def llamaindex(model: str, results: int) -> Make:
    from llama_index.core import Settings, StorageContext, VectorStoreIndex  # noqa: PLC0415 - as above
    from llama_index.core.schema import TextNode  # noqa: PLC0415 - as above
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # noqa: PLC0415 - as above
    from llama_index.vector_stores.qdrant import QdrantVectorStore  # noqa: PLC0415 - as above
    from qdrant_client import QdrantClient, models  # noqa: PLC0415 - as above

    Settings.llm = None
    embedding = HuggingFaceEmbedding(model_name=model, embed_batch_size=32)

    def make(passages: Passages) -> Search:
        store = QdrantVectorStore(
            "bench",
            client=QdrantClient(":memory:"),
            enable_hybrid=True,
            sparse_doc_fn=_bm25_documents,
            sparse_query_fn=_bm25_queries,
            sparse_config=models.SparseVectorParams(modifier=models.Modifier.IDF),
        )
        nodes = [TextNode(id_=_uuid(name), text=text, metadata={}) for name, text in passages]
        names = {_uuid(name): name for name, _ in passages}
        index = VectorStoreIndex(
            nodes, storage_context=StorageContext.from_defaults(vector_store=store), embed_model=embedding
        )
        retriever = index.as_retriever(
            vector_store_query_mode="hybrid", similarity_top_k=results, sparse_top_k=results, hybrid_top_k=results
        )
        return lambda query: [names[one.node.node_id] for one in retriever.retrieve(query)]

    return make


def haystack(model: str, results: int) -> Make:
    from haystack import Document  # noqa: PLC0415 - as above
    from haystack.components.joiners import DocumentJoiner  # noqa: PLC0415 - as above
    from haystack.components.retrievers.in_memory import (  # noqa: PLC0415 - as above
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: PLC0415 - as above
    from haystack_integrations.components.embedders.sentence_transformers import (  # noqa: PLC0415 - as above
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    documents = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    queries = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    documents.warm_up()
    queries.warm_up()

    def make(passages: Passages) -> Search:
        store = InMemoryDocumentStore()
        store.write_documents(documents.run([Document(id=name, content=text) for name, text in passages])["documents"])
        words, meaning = InMemoryBM25Retriever(store, top_k=results), InMemoryEmbeddingRetriever(store, top_k=results)
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=results)

        def search(query: str) -> list[str]:
            vector = queries.run(query)["embedding"]
            found = [words.run(query)["documents"], meaning.run(vector)["documents"]]
            return [one.id for one in joiner.run(found)["documents"]]

        return search

    return make


def _bm25_documents(texts: list[str]) -> tuple[list[list[int]], list[list[float]]]:
    """BM25's weights without IDF, as fastembed's Qdrant/bm25 has them: k1 1.2, b .75, 256 words on average."""
    indices, values = [], []
    for text in texts:
        terms = _terms(text)
        length = 1.2 * (1 - 0.75 + 0.75 * len(terms) / 256)
        counts = Counter(terms)
        indices.append([crc32(term.encode()) for term in counts])
        values.append([count * 2.2 / (count + length) for count in counts.values()])
    return indices, values


def _bm25_queries(texts: list[str]) -> tuple[list[list[int]], list[list[float]]]:
    found = [[crc32(term.encode()) for term in sorted(set(_terms(text)))] for text in texts]
    return found, [[1.0] * len(one) for one in found]


def _terms(text: str) -> list[str]:
    import Stemmer  # noqa: PLC0415 - as above
    from bm25s.stopwords import STOPWORDS_EN  # noqa: PLC0415 - as above

    words = [word for word in _WORD.findall(text.lower()) if word not in STOPWORDS_EN]
    return list(Stemmer.Stemmer("english").stemWords(words))


def _uuid(name: str) -> str:
    import uuid  # noqa: PLC0415 - as above

    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


RIVALS = {"txtai": txtai, "llamaindex": llamaindex, "haystack": haystack}


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    passages = [(name, text) for name, text in asked["passages"]]
    make = RIVALS[sys.argv[1]](asked["model"], asked["results"])
    make(passages[:1])
    started = time.perf_counter()
    search = make(passages)
    indexed = time.perf_counter() - started
    rankings, times = {}, []
    for name, text in asked["queries"]:
        before = time.perf_counter()
        rankings[name] = search(text)
        times.append((time.perf_counter() - before) * 1000)
    json.dump({"index_seconds": round(indexed, 2), "milliseconds": times, "rankings": rankings}, sys.stdout)


if __name__ == "__main__":
    main()
