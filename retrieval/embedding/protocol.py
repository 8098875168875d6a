"""The seam between Cairn and an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Vector


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`window` is the longest input in tokens, special tokens included; `special_tokens` how many of them are fixed."""

    provider: str
    name: str
    vector_size: int
    window: int
    special_tokens: int
    runtime: str


class TokenCounter(Protocol):
    """Tokens as the embedding model counts them, without special tokens."""

    def count(self, text: str) -> int: ...

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Character span (start, end) of each token of the text, in order. Never truncated."""


class Embedder(Protocol):
    """Loads its model once per process, on first use or at `warm()`. Safe to call from several threads."""

    @property
    def info(self) -> ModelInfo: ...

    @property
    def tokens(self) -> TokenCounter: ...

    def warm(self) -> None: ...

    def embed_query(self, text: str) -> Vector:
        """One unit vector of shape (vector_size,). A query longer than the window is embedded by its windows' mean."""

    def embed_passages(self, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        """For each passage one unit vector per window, at least one; nothing is cut off."""


@dataclass(frozen=True, slots=True)
class Passage:
    """`context` (title and heading path) goes before the content in every window, for the model only."""

    content: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class TokenState:
    """What the model makes of each token in its surroundings: `vectors[i]`, of unit length, belongs to `pieces[i]`.

    `rarity[i]` > 0 grows with how seldom the language has the token, as far as the model's vocabulary tells.

    Special tokens and prompts are left out; where a text takes several windows, theirs follow each other.
    """

    pieces: Sequence[str]
    vectors: NDArray[np.float32]
    rarity: NDArray[np.float32]


@runtime_checkable
class TokenStates(Protocol):
    """An embedder that can also give its last hidden states, for late interaction. Ask with isinstance."""

    def query_states(self, text: str) -> TokenState: ...

    def passage_states(self, passages: Sequence[Passage]) -> Sequence[TokenState]: ...
