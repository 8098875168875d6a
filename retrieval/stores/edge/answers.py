"""Answers that are still true: what was asked since the last write to a collection."""

from __future__ import annotations

import threading
from collections import OrderedDict

from retrieval.stores.edge.messages import Done, Reply

_MOST_BYTES = 8 * 1024 * 1024
_LONGEST = 256 * 1024


class Answers:
    """By the question's own bytes, which hold tenant, datasets, filter, text and vector: nobody is given what another
    asked. Emptied by every write, before it is acknowledged, so that an answer is never older than what it tells of.
    Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Done] = OrderedDict()
        self._bytes = 0

    def get(self, question: bytes) -> Done | None:
        with self._lock:
            answer = self._kept.get(question)
            if answer is not None:
                self._kept.move_to_end(question)
            return answer

    def keep(self, question: bytes, answer: Reply) -> None:
        """To be called inside the turn in which it was given, in which nothing can be written."""
        if not isinstance(answer, Done) or len(question) + len(answer.body) > _LONGEST:
            return
        with self._lock:
            if question not in self._kept:
                self._kept[question] = answer
                self._bytes += len(question) + len(answer.body)
            while self._bytes > _MOST_BYTES:
                old, former = self._kept.popitem(last=False)
                self._bytes -= len(old) + len(former.body)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0
