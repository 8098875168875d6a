"""The adapter that needs no model: it searches, reads around the best hits, and answers in quoted sentences.

Its three turns follow from what the conversation holds already, so that a run goes on wherever it was left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestration.runs.citations import plain, quoted
from orchestration.runs.passages import Found, Told, told
from orchestration.runs.sentences import Evidence, evidence
from orchestration.runs.tools import READ_AROUND, SEARCH
from orchestration.runs.types import Message, ReplyPart, Role, TextDelta, TokensUsed, ToolCall, ToolSpec
from retrieval.keywords.analysis import Analyser
from retrieval.search.highlighting import sentences_of

MODEL = "extractive"
MOST_QUESTIONS = 6
"""Sentences of a task that are searched for, each by itself."""

READ_PER_QUESTION = 3
_LONGEST_QUESTION = 1000

_Call: TypeAlias = tuple[str, str, str]
"""A tool's name, its one argument's, and that argument."""


@dataclass(frozen=True, slots=True)
class ExtractiveAdapter:
    analyser: Analyser

    model = MODEL
    writes_freely = False

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        """It uses no tokens, since no model does the work."""
        every, known = self._questions(messages), told(messages)
        questions = every[:MOST_QUESTIONS]
        searches = [(SEARCH, "query", question) for question in questions]
        readings = [(READ_AROUND, "chunk_id", chunk_id) for chunk_id in _to_read(questions, known)]
        calls = _open(searches, known, tools) or _open(readings, known, tools)
        for number, (name, argument, value) in enumerate(calls, start=len(known.asked) + 1):
            yield ToolCall(f"call-{number}", name, {argument: value})
        if not calls:
            yield from self._answer(questions, known)
            if len(every) > MOST_QUESTIONS:
                yield TextDelta(
                    f"\nNot searched for, being too much for one task: {' '.join(every[MOST_QUESTIONS:])}\n"
                )
        yield TokensUsed(0, 0)

    def _questions(self, messages: Sequence[Message]) -> Sequence[str]:
        """The sentences of what people asked for that have a word to search for, each once."""
        found: dict[str, None] = {}
        for message in messages:
            if message.role is Role.USER:
                for span in sentences_of(message.text):
                    sentence = plain(message.text[span.start : span.end])[:_LONGEST_QUESTION]
                    if self.analyser.query(sentence):
                        found.setdefault(sentence)
        return list(found)

    def _answer(self, questions: Sequence[str], known: Told) -> Iterator[TextDelta]:
        if not questions:
            yield TextDelta("The task asks nothing that could be searched for: it holds no word but the most common.\n")
        elif not known.datasets and not known.errors:
            yield TextDelta("There is no dataset that this agent may search. Let its role see one, then try again.\n")
        else:
            for number, question in enumerate(questions):
                gap = "\n" if number else ""
                yield TextDelta(gap + "".join(f"{line}\n" for line in self._part(question, known)))
        for error in dict.fromkeys(known.errors):
            yield TextDelta(f"\nA search or a reading failed: {error}\n")

    def _part(self, question: str, known: Told) -> Iterator[str]:
        found = evidence(self.analyser, question, _excerpts(known.searches.get(question, ()), known))
        if not found.quotes:
            yield f"The knowledge base does not hold an answer to: {question}"
            yield f"Searched: {', '.join(known.datasets)}."
            return
        yield f"To: {question}"
        yield from _quotes(found)
        if found.missing:
            yield f"Nothing of this was found there: {', '.join(found.missing)}."


def _quotes(found: Evidence) -> Iterator[str]:
    for quote in found.quotes:
        page = "" if quote.passage.page is None else f", page {quote.passage.page}"
        yield f"- {quoted(quote.text, quote.passage.citation)} ({quote.passage.file}{page})"


def _open(calls: Sequence[_Call], known: Told, tools: Sequence[ToolSpec]) -> Sequence[_Call]:
    """Those that were not made yet, with tools that there are."""
    names = {tool.name for tool in tools}
    return [one for one in calls if one[0] in names and (one[0], one[2]) not in known.asked]


def _to_read(questions: Sequence[str], known: Told) -> Sequence[str]:
    """The best hits of each question, each once."""
    hits = [hit.chunk_id for question in questions for hit in known.searches.get(question, ())[:READ_PER_QUESTION]]
    return list(dict.fromkeys(hits))


def _excerpts(hits: Sequence[Found], known: Told) -> Sequence[Sequence[Found]]:
    """What stands around each hit where it was read, else the hit alone. Where the hit itself is in an excerpt, it is
    taken as the search told it: whole."""
    excerpts = []
    for hit in hits:
        around = known.excerpts.get(hit.chunk_id, (hit,))
        excerpts.append([hit if one.chunk_id == hit.chunk_id else one for one in around])
    return excerpts
