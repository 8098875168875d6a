"""Embedding by the built-in runtimes: tokenize, cut into windows, batch by length, compute, put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.batches import BatchPolicy, batches, padded
from retrieval.embedding.once import Once
from retrieval.embedding.protocol import ModelInfo, Passage, TokenCounter, TokenState
from retrieval.embedding.runtimes import Floats, Output, Runtime
from retrieval.embedding.tokenizer import ModelTokenizer
from retrieval.embedding.windows import Window, WindowMaker
from retrieval.types import Vector

SHEAF = 256  # passages tokenized and sorted at a time: enough to sort by length, 15 MB of ids at most

Computed: TypeAlias = tuple[int, Floats]


@dataclass(frozen=True, slots=True)
class Prompts:
    query: str = ""
    document: str = ""


class BertEmbedder:
    """Several threads may embed at once. Passages go through one batch at a time, and the turn is given up after
    each, so that a query waits for a batch at most, never for somebody's whole list."""

    def __init__(
        self,
        *,
        info: ModelInfo,
        open_tokenizer: Callable[[], ModelTokenizer],
        open_runtime: Callable[[], Runtime],
        pad_id: int = 0,
        prompts: Prompts | None = None,
        policy: BatchPolicy | None = None,
    ) -> None:
        self._info = info
        self._tokenizer = Once(open_tokenizer)
        self._runtime = Once(open_runtime)
        self._pad_id = pad_id
        self._prompts = prompts or Prompts()
        self.policy = policy or BatchPolicy()
        self._turn = Lock()

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def tokens(self) -> TokenCounter:
        return self._tokenizer.get()

    def warm(self) -> None:
        self.embed_query("warm")

    def embed_query(self, text: str) -> Vector:
        windows = self._windows([Passage(text)], self._prompts.query)[0]
        return _unit(np.mean([self._run([window], "sentence")[0] for window in windows], axis=0))

    def embed_passages(self, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        vectors: list[Sequence[Vector]] = []
        for start in range(0, len(passages), SHEAF):
            vectors.extend(self._embed_sheaf(passages[start : start + SHEAF]))
        return vectors

    def _embed_sheaf(self, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        windows = self._windows(passages, self._prompts.document)
        vectors = self._compute([window for group in windows for window in group], "sentence")
        return _regroup([_unit(vector) for vector in vectors], windows)

    def query_states(self, text: str) -> TokenState:
        windows = self._windows([Passage(text)], self._prompts.query)[0]
        return self._state(windows, [self._run([window], "tokens")[0] for window in windows])

    def passage_states(self, passages: Sequence[Passage]) -> Sequence[TokenState]:
        windows = self._windows(passages, self._prompts.document)
        states = self._compute([window for group in windows for window in group], "tokens")
        return [self._state(*pair) for pair in zip(windows, _regroup(states, windows), strict=True)]

    def _windows(self, passages: Sequence[Passage], prompt: str) -> Sequence[Sequence[Window]]:
        tokenizer = self._tokenizer.get()
        maker = WindowMaker(tokenizer, self._info.window)
        (head,) = tokenizer.encode([prompt])
        contexts = tokenizer.encode([passage.context for passage in passages])
        contents = tokenizer.encode([passage.content for passage in passages])
        return [maker.windows(context, content, head) for context, content in zip(contexts, contents, strict=True)]

    def _compute(self, windows: Sequence[Window], output: Output) -> Sequence[Floats]:
        """One array a window, in the windows' order."""
        computed = dict(self._in_batches(windows, output))
        return [computed[index] for index in range(len(windows))]

    def _in_batches(self, windows: Sequence[Window], output: Output) -> Iterator[Computed]:
        for group in batches([len(window.ids) for window in windows], self.policy):
            with self._turn:
                values = self._run([windows[index] for index in group], output)
            yield from zip(group, values, strict=True)

    def _run(self, windows: Sequence[Window], output: Output) -> Floats:
        ids, mask = padded([window.ids for window in windows], self._pad_id)
        return self._runtime.get().run(ids, mask, output)

    def _state(self, windows: Sequence[Window], states: Sequence[Floats]) -> TokenState:
        tokenizer = self._tokenizer.get()
        ids: list[int] = []
        vectors: list[NDArray[np.float32]] = []
        for window, state in zip(windows, states, strict=True):
            ids.extend(window.ids[window.first : window.last])
            vectors.append(_unit(state[window.first : window.last]))
        rarity = np.array(tokenizer.rarity(ids), dtype=np.float32)
        return TokenState(tokenizer.pieces(ids), np.concatenate(vectors), rarity)


def _unit(values: Floats) -> Floats:
    """Of length 1 along the last axis; zeros stay zeros."""
    norms = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.maximum(norms, 1e-12), dtype=np.float32)


def _regroup(values: Sequence[Floats], like: Sequence[Sequence[Window]]) -> Sequence[Sequence[Floats]]:
    rest = iter(values)
    return [[next(rest) for _ in group] for group in like]
