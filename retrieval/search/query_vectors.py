"""Vectors of questions that were asked lately: people page, filter and ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from retrieval.embedding.protocol import Embedder
from retrieval.types import Vector

_KEPT = 2048
"""Some 3 MB. A vector follows from the text and the model alone, so none is ever out of date."""


class QueryVectors:
    """Thread-safe; for one model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Vector] = OrderedDict()

    def of(self, text: str) -> Vector:
        with self._lock:
            known = self._kept.get(text)
            if known is not None:
                self._kept.move_to_end(text)
                return known
        made = self._embedder.embed_query(text)
        made.flags.writeable = False  # it is shared from here on
        with self._lock:
            self._kept[text] = made
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made
