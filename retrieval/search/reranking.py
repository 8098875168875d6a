"""The second look at the best hits, within a time budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from retrieval.embedding.protocol import Passage as Text
from retrieval.search.limits import MAX_TOP_K
from retrieval.search.types import SearchHit

DEPTH = MAX_TOP_K + 10
"""Hits that are looked at: more than topK can be, so that topK never changes what comes first and what lies just behind
the last place may still earn one."""

SHARE = 0.6
"""The second look's part of the final score; blended it ranks better than alone (docs/adr/0057-second-look.md)."""


class Scorer(Protocol):
    @property
    def name(self) -> str:
        """What looks, for people."""

    def score(self, query: str, passages: Sequence[Text], *, seconds: float) -> list[float]:
        """In [0, 1], for the first passages: as many as fit into `seconds`."""


def rerank(scorer: Scorer, query: str, hits: Sequence[SearchHit], *, seconds: float) -> list[SearchHit]:
    """Best first. What there was no time for, or lies beyond DEPTH, stays behind what was looked at, in its old order,
    with a score that is no higher than that order says."""
    texts = [Text(hit.passage.content, hit.passage.context) for hit in hits[:DEPTH]]
    second = scorer.score(query, texts, seconds=seconds)
    head = [
        replace(hit, score=(1 - SHARE) * hit.score + SHARE * score, reranked=score)
        for hit, score in zip(hits, second, strict=False)
    ]
    head.sort(key=lambda hit: -hit.score)  # stable: what scores the same keeps its order
    ceiling = head[-1].score if head else 1.0
    tail = [replace(hit, score=min(hit.score, ceiling)) for hit in hits[len(second) :]]
    return [*head, *tail]
