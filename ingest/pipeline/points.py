"""From a chunk and its vectors to the points that an engine holds."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.files.models import Chunk, File
from kit.ids import window_point_id
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.types import Point, Vector


def passage_of(chunk: Chunk) -> Passage:
    return Passage(content=chunk.content, context=chunk.context)


def is_truncated(chunk: Chunk, vectors: Sequence[Vector], embedder: Embedder) -> bool:
    """Whether the chunk is longer than what its one vector can have been made of."""
    room = embedder.info.window - embedder.info.special_tokens
    if len(vectors) > 1 or chunk.token_count + len(chunk.context) <= room:  # a context has no more tokens than letters
        return False
    return chunk.token_count + embedder.tokens.count(chunk.context) > room


def points_of(chunk: Chunk, file: File, vectors: Sequence[Vector], *, live: bool) -> list[Point]:
    """One point a window; the first carries the keyword text, context included."""
    published = None if file.published_at is None else file.published_at.timestamp()
    return [
        Point(
            id=window_point_id(chunk.id, window),
            chunk_id=chunk.id,
            tenant_id=chunk.tenant_id,
            dataset_id=chunk.dataset_id,
            file_id=chunk.file_id,
            generation=chunk.generation,
            position=chunk.position,
            window=window,
            vector=vector,
            text=_keywords(chunk) if window == 0 else None,
            source=file.source,
            live=live,
            enabled=file.enabled,
            labels=file.labels,
            published_at=published,
        )
        for window, vector in enumerate(vectors)
    ]


def _keywords(chunk: Chunk) -> str:
    return f"{chunk.context}\n{chunk.content}" if chunk.context else chunk.content
