"""Inputs that fit the model and together cover a text that does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from retrieval.embedding.tokenizer import ModelTokenizer, Tokens

T = TypeVar("T")

OVERLAP = 32  # content tokens that neighbouring windows share: a sentence or two keep their surroundings
CONTEXT_SHARE = 4  # where not everything fits, the context gets at most a quarter of the window


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids with special tokens. `ids[first:last]` is what came from the passage, context included."""

    ids: Sequence[int]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WindowMaker:
    """`size` is the model's longest input, special tokens included; the prompt takes its place in every window."""

    tokenizer: ModelTokenizer
    size: int

    def windows(self, context: Tokens, content: Tokens, prompt: Tokens) -> Sequence[Window]:
        """At least one. Every content token is in at least one window."""
        room = self.size - self.tokenizer.special_tokens - len(prompt.ids)
        shown = list(context.ids)
        if len(shown) + len(content.ids) > room:
            shown = middle_out(shown, context_limit(self.size, room))
        spans = content_spans(content, room - len(shown))
        return [self._window(prompt.ids, [*shown, *content.ids[start:end]]) for start, end in spans]

    def _window(self, prompt: Sequence[int], body: Sequence[int]) -> Window:
        head = [*self.tokenizer.prefix, *prompt]
        return Window((*head, *body, *self.tokenizer.suffix), len(head), len(head) + len(body))


def context_limit(size: int, room: int) -> int:
    """In tokens; a long prompt may leave less than the quarter."""
    return min(size // CONTEXT_SHARE, room // 2)


def middle_out(ids: Sequence[T], limit: int) -> list[T]:
    """A title path says most at its two ends: the document's title and the nearest heading."""
    if len(ids) <= limit:
        return list(ids)
    tail = limit // 2
    return [*ids[: limit - tail], *ids[len(ids) - tail :]]


def content_spans(content: Tokens, room: int) -> Sequence[tuple[int, int]]:
    """Equally long stretches: no window holds just a rest, and none computes more than the overlap twice."""
    total = len(content.ids)
    if total <= room:
        return [(0, total)]
    overlap = min(OVERLAP, room // 4)
    count = math.ceil((total - overlap) / (room - overlap))
    size = math.ceil((total + (count - 1) * overlap) / count)
    starts = [round(index * (total - size) / (count - 1)) for index in range(count)]
    return [(_word_start(content, start, overlap // 2), start + size) for start in starts]


def _word_start(content: Tokens, start: int, most: int) -> int:
    """The next token that begins a word, if it is near: a window should not begin inside one."""
    for index in range(start, min(start + most, len(content.words))):
        if index == 0 or content.words[index] != content.words[index - 1]:
            return index
    return start
