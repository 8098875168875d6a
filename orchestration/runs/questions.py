"""What people ask, sentence by sentence; and what a sentence goes on from that does not stand by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestration.runs.citations import plain
from orchestration.runs.types import Message, Role
from retrieval.keywords.analysis import Analyser
from retrieval.search.highlighting import sentences_of

_LONGEST = 1000

_GOES_ON = re.compile(
    r"\W*(?:and|or|but|so|then|also|what about|how about|und|oder|aber|et|mais|ou|y|pero|e|ma)\b", re.IGNORECASE
)
_REFERS_BACK = re.compile(
    r"\b(?:its?|they|them|their|he|him|his|she|her|this|that|these|those|ones?|there|"
    r"er|sie|es|ihn|ihm|ihr|diese[rsmn]?|jene[rsmn]?|davon|damit|dazu|dort|"
    r"il|ils|elles?|celui|celle|ceux|lui|leur|ella|ellos|ellas|eso|esto|esos|su|sus|esso|essa|essi|quello|questo|loro)\b",
    re.IGNORECASE,
)
"""English, German, French, Spanish, Italian. Where a word of these refers to nothing, no more comes of it than a second
search: see `Question`."""

_ENOUGH = 2
"""Words that a sentence must have to be searched for by itself, though it goes on from another."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words to be searched for. `own`: terms of which an answer must have one; none where any will do."""

    text: str
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """`queries`: the likeliest first. Of a sentence that goes on from an earlier one, the two together come before the
    sentence alone."""

    text: str
    queries: Sequence[Query]


def questions_of(analyser: Analyser, messages: Sequence[Message]) -> Sequence[Question]:
    """Those that are to be answered now, each once."""
    found: dict[str, Question] = {}
    topic: str | None = None
    for message, sentence in _sentences(messages):
        terms = _terms(analyser, sentence)
        if not terms:
            continue
        leans = topic is not None and (
            len(terms) < _ENOUGH or bool(_GOES_ON.match(sentence)) or bool(_REFERS_BACK.search(sentence))
        )
        if not message.is_earlier:
            found.setdefault(sentence, _question(analyser, sentence, terms, topic if leans else None))
        if not leans:
            topic = sentence
    return list(found.values())


def _question(analyser: Analyser, sentence: str, terms: frozenset[str], topic: str | None) -> Question:
    if topic is None:
        return Question(sentence, [Query(sentence)])
    both = Query(f"{topic} {sentence}", terms - _terms(analyser, topic))
    return Question(sentence, [both, Query(sentence)] if len(terms) >= _ENOUGH else [both])


def _sentences(messages: Sequence[Message]) -> Iterator[tuple[Message, str]]:
    for message in messages:
        if message.role is Role.USER:
            for span in sentences_of(message.text):
                yield message, plain(message.text[span.start : span.end])[:_LONGEST]


def _terms(analyser: Analyser, text: str) -> frozenset[str]:
    return frozenset(one.term for one in analyser.query(text) if one.counts)
