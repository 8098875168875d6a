"""An embedding model made of words: texts are alike as far as they share some."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from retrieval.embedding.protocol import ModelInfo, Passage, TokenCounter
from retrieval.types import Vector

SIZE = 32
WINDOW = 400
"""Words that go into one vector."""


class WordCounter:
    def count(self, text: str) -> int:
        return len(self.spans(text))

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\S+", text)]


class WordEmbedder:
    """`sizes` tells how many passages came in each call; `poison` is a word that the model fails on.
    `is_contrary`: it finds last what fits best."""

    def __init__(self, name: str = "words", *, size: int = SIZE) -> None:
        self.name = name
        self.size = size
        self.sizes: list[int] = []
        self.poison: str | None = None
        self.is_contrary = False

    @property
    def info(self) -> ModelInfo:
        return ModelInfo("test", self.name, self.size, WINDOW, 2, "none")

    @property
    def tokens(self) -> TokenCounter:
        return WordCounter()

    def warm(self) -> None:
        return None

    def embed_query(self, text: str) -> Vector:
        vector = self._embedded(_words(text))
        return -vector if self.is_contrary else vector

    def embed_passages(self, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        self.sizes.append(len(passages))
        return [self._windows(_words(f"{passage.context} {passage.content}")) for passage in passages]

    def _windows(self, words: Sequence[str]) -> list[Vector]:
        if self.poison in words:
            raise ArithmeticError(f"the model fails on {self.poison!r}")
        return [self._embedded(words[start : start + WINDOW]) for start in range(0, max(len(words), 1), WINDOW)]

    def _embedded(self, words: Sequence[str]) -> Vector:
        total = sum((self._direction(word) for word in words), np.zeros(self.size, dtype=np.float32))
        length = float(np.linalg.norm(total))
        return (total / length).astype(np.float32) if length > 0 else self._direction("")

    def _direction(self, word: str) -> Vector:
        found = np.random.default_rng(crc32(word.encode())).standard_normal(self.size).astype(np.float32)
        unit: Vector = found / np.float32(np.linalg.norm(found))
        return unit


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
