"""Vectors of questions that were asked lately: people page, filter and ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from retrieval.embedding.models import Models
from retrieval.types import Vector

_KEPT = 2048
"""Some 3 MB. A vector follows from the text and the model alone, so none is ever out of date."""


class QueryVectors:
    """Thread-safe."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Vector] = OrderedDict()

    def of(self, model: str, text: str) -> Vector:
        """ModelIsAway where there is no such model here."""
        key = (model, text)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        made = self._models.of(model).embed_query(text)
        made.flags.writeable = False  # it is shared from here on
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made
