"""What to mark in a passage: the question's words, and the sentence that fits it best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.embedding.models import Models
from retrieval.embedding.protocol import Passage as Text
from retrieval.keywords.analysis import Analyser
from retrieval.search.types import Highlights, Span
from retrieval.types import Vector

SENTENCES = 6
"""Sentences of one passage that the model looks at: those that hold most of the question."""

_END = re.compile(r"(?:(?<=[.!?])[\"')\]]*\s+|(?<=[\u3002\uff01\uff1f\u0964])|\n+)")
_SHORTEST = 3  # characters


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Sentences are scored as passages are: `alpha` of the cosine, the rest of the share of the question's words."""

    analyser: Analyser
    models: Models

    def highlights(
        self,
        query: str,
        vector: tuple[str, Vector] | None,
        contents: Sequence[str],
        *,
        weights: Mapping[str, float],
        alpha: float,
    ) -> list[Highlights]:
        """`vector` comes with its model's name. `weights`: IDF by the question's words as written; one that is missing
        counts 1."""
        asked = {one.term: weights.get(query[one.start : one.end], 1.0) for one in self.analyser.query(query)}
        looked = [self._looked_at(content, asked) for content in contents]
        cosines = self._cosines(vector, contents, [sentences for _, sentences in looked])
        return [
            Highlights(words, _best(sentences, found, alpha if vector is not None else 0.0))
            for (words, sentences), found in zip(looked, cosines, strict=True)
        ]

    def _looked_at(self, content: str, asked: Mapping[str, float]) -> tuple[list[Span], list[tuple[Span, float]]]:
        """The words to mark, and the sentences to choose from, each with its share of the question in [0, 1]."""
        matched = [one for one in self.analyser.passage(content) if one.term in asked]
        whole = sum(asked.values()) or 1.0
        shared = []
        for sentence in sentences_of(content):
            terms = {one.term for one in matched if sentence.start <= one.start and one.end <= sentence.end}
            shared.append((sentence, sum(asked[term] for term in terms) / whole))
        shared.sort(key=lambda pair: -pair[1])
        return _without_overlap([Span(one.start, one.end) for one in matched]), shared[:SENTENCES]

    def _cosines(
        self, vector: tuple[str, Vector] | None, contents: Sequence[str], chosen: Sequence[Sequence[tuple[Span, float]]]
    ) -> Sequence[Sequence[float]]:
        """All sentences go through the model together."""
        if vector is None:
            return [[0.0] * len(sentences) for sentences in chosen]
        texts = [
            Text(content[span.start : span.end])
            for content, sentences in zip(contents, chosen, strict=True)
            for span, _ in sentences
        ]
        model, asked = vector
        made = iter(self.models.of(model).embed_passages(texts))
        return [[max(float(one @ asked) for one in next(made)) for _ in sentences] for sentences in chosen]


def sentences_of(content: str) -> Iterator[Span]:
    """A rule for many languages, not a grammar of one: after a full stop and a space, and at line ends."""
    start = 0
    for match in [*_END.finditer(content), None]:
        end = len(content) if match is None else match.start()
        text = content[start:end]
        if len(text.strip()) >= _SHORTEST:
            left = len(text) - len(text.lstrip())
            yield Span(start + left, start + len(text.rstrip()))
        start = end if match is None else match.end()


def _best(sentences: Sequence[tuple[Span, float]], cosines: Sequence[float], alpha: float) -> Span | None:
    """None where no sentence has anything of the question."""
    scored = [
        (alpha * max(0.0, cosine) + (1 - alpha) * share, -place, span)
        for place, ((span, share), cosine) in enumerate(zip(sentences, cosines, strict=True))
    ]
    score, _, span = max(scored, key=lambda one: one[:2], default=(0.0, 0, None))
    return span if score > 0 else None


def _without_overlap(spans: Sequence[Span]) -> list[Span]:
    """In the order of the text; spans that overlap become one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if kept and span.start < kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return kept
