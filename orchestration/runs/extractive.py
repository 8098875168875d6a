"""The adapter that needs no model: it searches, reads around the best hits, and answers in quoted sentences.

Its three turns follow from what the conversation holds already, so that a run goes on wherever it was left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestration.runs.citations import quoted
from orchestration.runs.passages import Found, Told, told
from orchestration.runs.questions import Query, Question, questions_of
from orchestration.runs.sentences import Evidence, Quote, evidence
from orchestration.runs.tools import READ_AROUND, SEARCH
from orchestration.runs.types import Message, ReplyPart, TextDelta, TokensUsed, ToolCall, ToolSpec
from retrieval.keywords.analysis import Analyser

MODEL = "extractive"
MOST_QUESTIONS = 6
"""Sentences of a task that are searched for, each by itself."""

READ_PER_QUESTION = 3
_MOST_READ = READ_PER_QUESTION * MOST_QUESTIONS

_Call: TypeAlias = tuple[str, str, str]
"""A tool's name, its one argument's, and that argument."""


@dataclass(frozen=True, slots=True)
class ExtractiveAdapter:
    analyser: Analyser

    model = MODEL
    writes_freely = False

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        """It uses no tokens, since no model does the work."""
        every, known = questions_of(self.analyser, messages), told(messages)
        questions = every[:MOST_QUESTIONS]
        searches = [(SEARCH, "query", query.text) for question in questions for query in question.queries]
        readings = [(READ_AROUND, "chunk_id", chunk_id) for chunk_id in _to_read(questions, known)]
        calls = _open(searches, known, tools) or _open(readings, known, tools)
        for number, (name, argument, value) in enumerate(calls, start=len(known.asked) + 1):
            yield ToolCall(f"call-{number}", name, {argument: value})
        if not calls:
            yield from self._answer(questions, known)
            if len(every) > MOST_QUESTIONS:
                rest = " ".join(question.text for question in every[MOST_QUESTIONS:])
                yield TextDelta(f"\nNot searched for, being too much at a time: {rest}\n")
        yield TokensUsed(0, 0)

    def _answer(self, questions: Sequence[Question], known: Told) -> Iterator[TextDelta]:
        if not questions:
            yield TextDelta("Nothing is asked that could be searched for: there is no word but the most common.\n")
        elif not known.datasets and not known.errors:
            yield TextDelta("There is no dataset that this agent may search. Let its role see one, then try again.\n")
        else:
            for number, question in enumerate(questions):
                gap = "\n" if number else ""
                yield TextDelta(gap + "".join(f"{line}\n" for line in self._part(question, known)))
        for error in dict.fromkeys(known.errors):
            yield TextDelta(f"\nA search or a reading failed: {error}\n")

    def _part(self, question: Question, known: Told) -> Iterator[str]:
        found = self._evidence(question, known)
        if not found.quotes:
            yield f"The knowledge base does not hold an answer to: {question.text}"
            yield f"Searched: {', '.join(known.datasets)}."
            return
        yield f"To: {question.text}"
        yield from _quotes(found)
        if found.missing:
            yield f"Nothing of this was found there: {', '.join(found.missing)}."

    def _evidence(self, question: Question, known: Told) -> Evidence:
        """Of the first query that has any. Of what was asked earlier, nothing is missed."""
        asked = {question.text[one.start : one.end] for one in self.analyser.query(question.text)}
        for query in question.queries:
            found = evidence(self.analyser, query.text, _excerpts(known.searches.get(query.text, ()), known))
            quotes = _answering(found.quotes, query)
            if quotes:
                return Evidence(quotes, [word for word in found.missing if word in asked])
        return Evidence((), ())


def _answering(quotes: Sequence[Quote], query: Query) -> Sequence[Quote]:
    """Those that have a word of what is asked now, be it in what stands around them where none has it itself."""
    if not query.own:
        return quotes
    within = [quote for quote in quotes if quote.own & query.own]
    return within or [quote for quote in quotes if quote.held & query.own]


def _quotes(found: Evidence) -> Iterator[str]:
    for quote in found.quotes:
        page = "" if quote.passage.page is None else f", page {quote.passage.page}"
        yield f"- {quoted(quote.text, quote.passage.citation)} ({quote.passage.file}{page})"


def _open(calls: Sequence[_Call], known: Told, tools: Sequence[ToolSpec]) -> Sequence[_Call]:
    """Those that were not made yet, with tools that there are."""
    names = {tool.name for tool in tools}
    return [one for one in calls if one[0] in names and (one[0], one[2]) not in known.asked]


def _to_read(questions: Sequence[Question], known: Told) -> Sequence[str]:
    """The best hits of each query, each once."""
    queries = [query.text for question in questions for query in question.queries]
    hits = [hit.chunk_id for query in queries for hit in known.searches.get(query, ())[:READ_PER_QUESTION]]
    return list(dict.fromkeys(hits))[:_MOST_READ]


def _excerpts(hits: Sequence[Found], known: Told) -> Sequence[Sequence[Found]]:
    """What stands around each hit where it was read, else the hit alone. Where the hit itself is in an excerpt, it is
    taken as the search told it: whole."""
    excerpts = []
    for hit in hits:
        around = known.excerpts.get(hit.chunk_id, (hit,))
        excerpts.append([hit if one.chunk_id == hit.chunk_id else one for one in around])
    return excerpts
