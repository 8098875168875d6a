"""Which sentences of what was found answer a question: by the question's words alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.runs.passages import Found
from retrieval.keywords.analysis import Analyser
from retrieval.search.highlighting import sentences_of
from retrieval.search.types import Span

MOST_QUOTES = 3
LONGEST_QUOTE = 600
"""Characters. Of a longer sentence, a row of a table say, the beginning is quoted."""

_LONGEST_HEADING = 8
_ENDS = frozenset(".!?\u2026:;,\u3002\uff01\uff1f")
_MARKS_OF_LINES = ("-", "*", "|", "\u2022")

_HOW = re.compile(r"\b(?:how|wie|quanto|quanta|cu[aá]nt[oa]s)\s+(\w+)", re.IGNORECASE)
"""What follows asks for a number; no answer repeats it."""

_SHARE = 0.5
_FEWEST = 2
"""Words of the question, or this share of them where that is more, must stand in a sentence and its neighbours: else
it answers something else that has a word in common. All of a question of fewer words."""


@dataclass(frozen=True, slots=True)
class Quote:
    """`held` are the words of the question, as analysed, that the sentence or what stands around it has; `own` those
    that it has itself."""

    text: str
    passage: Found
    held: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best quotes for a question, best first; none where nothing answers it. `missing` are words of the question,
    as it has them, of which no quote's surroundings have anything."""

    quotes: Sequence[Quote]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    passage: Found
    own: frozenset[str]


def evidence(analyser: Analyser, question: str, excerpts: Sequence[Sequence[Found]]) -> Evidence:
    """`excerpts`: passages that follow each other in a file. The earlier an excerpt, the better it fits."""
    asked = _asked(analyser, question)
    if not asked:
        return Evidence((), ())
    enough = max(min(_FEWEST, len(asked)), len(asked) * _SHARE)
    ranked: list[tuple[float, int, Quote]] = []
    for excerpt in excerpts:
        candidates = list(_candidates(analyser, asked.keys(), excerpt))
        for place, one in enumerate(candidates):
            around = candidates[max(0, place - 1) : place + 2]
            about = frozenset[str]().union(*(near.own for near in around), _about(analyser, asked.keys(), one.passage))
            if one.own and len(about) >= enough:
                score = (len(one.own) + len(about) / 2) / len(asked)
                ranked.append((score, -len(ranked), Quote(_cut(one.text), one.passage, about, one.own)))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    quotes = _different([quote for score, _, quote in ranked if score * 2 >= ranked[0][0]])
    held = frozenset[str]().union(*(quote.held for quote in quotes))
    counted = {match[1] for match in _HOW.finditer(question)}
    missing = [word for term, word in asked.items() if term not in held and word not in counted]
    return Evidence(quotes, missing if quotes else ())


def _asked(analyser: Analyser, question: str) -> Mapping[str, str]:
    """The question's words by term."""
    found: dict[str, str] = {}
    for one in analyser.query(question):
        if one.counts:
            found.setdefault(one.term, question[one.start : one.end])
    return found


def _candidates(analyser: Analyser, asked: Collection[str], excerpt: Sequence[Found]) -> Iterator[_Candidate]:
    """In the order of the file. A passage is analysed as a whole, so that its language is told by all of it."""
    for passage in excerpt:
        terms = [one for one in analyser.passage(passage.text) if one.term in asked]
        for span in sentences_of(passage.text):
            own = frozenset(one.term for one in terms if span.start <= one.start and one.end <= span.end)
            text = passage.text[span.start : span.end]
            is_heading = text in passage.headings or _looks_like_heading(passage.text, span)
            if not is_heading and not text.endswith("?"):  # neither answers anything
                yield _Candidate(text, passage, own)


def _looks_like_heading(text: str, span: Span) -> bool:
    """A few words by themselves between blank lines, with text behind them; a passage of two sections has both of their
    headings in its text and neither above it."""
    words = text[span.start : span.end]
    stands_alone = text[: span.start].strip(" #").endswith("\n\n") or not text[: span.start].strip(" #")
    followed = text[span.end :].startswith("\n\n") and bool(text[span.end :].strip())
    is_short = len(words.split()) <= _LONGEST_HEADING and not words.startswith(_MARKS_OF_LINES)
    return words.startswith("#") or (stands_alone and followed and is_short and words[-1:] not in _ENDS)


def _about(analyser: Analyser, asked: Collection[str], passage: Found) -> frozenset[str]:
    """Words of the question that the headings and the file's name have."""
    title = "\n".join([*passage.headings, passage.file])
    return frozenset(one.term for one in analyser.passage(title) if one.term in asked)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0]


def _different(quotes: Sequence[Quote]) -> Sequence[Quote]:
    """The first of those that say the same, MOST_QUOTES in all."""
    kept: dict[str, Quote] = {}
    for quote in quotes:
        kept.setdefault(" ".join(quote.text.split()).casefold(), quote)
    return list(kept.values())[:MOST_QUOTES]
