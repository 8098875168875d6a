"""A text's terms: what the keyword leg counts, with the places in the text that they stand for.

Used alike for passages, for questions and for showing what matched, so that the three never disagree.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from retrieval.keywords.languages import Language, language_of
from retrieval.keywords.words import CAMEL, RUN, UNSPACED, UNSPACED_FROM, WORD

_LONGEST = 80  # characters of a term: what is longer is data, not a word
_FEWEST = 2  # characters of a part that an identifier is taken apart into
_REMEMBERED = 65_536  # runs; most of a text are words that were seen before
_LONGEST_REMEMBERED = 32


class Term(NamedTuple):
    """`text[start:end]` is what it stands for. `counts`: it adds to the length of a passage; an identifier as a whole
    and a single character of an unspaced script stand beside terms that are counted already."""

    term: str
    start: int
    end: int
    counts: bool = True


class Analyser:
    """`language` is what Latin script is taken for where a text itself does not tell; `none` stems nothing and keeps
    every word."""

    def __init__(self, language: str) -> None:
        self._default = language_of(language)

    def passage(self, text: str) -> list[Term]:
        """In the order of the text. Single characters of unspaced scripts are among them, so that one can be found."""
        return list(self._terms(text, singles=True))

    def query(self, text: str) -> list[Term]:
        """As `passage`, without those single characters that stand in a pair."""
        return list(self._terms(text, singles=False))

    def _terms(self, text: str, *, singles: bool) -> Iterator[Term]:
        runs = [(match.group(), match.start()) for match in RUN.finditer(text)]
        language = self._default.told_by([run for run, _ in runs])
        for run, start in runs:
            if run[0] >= UNSPACED_FROM and UNSPACED.match(run):
                yield from _pairs(run, start, singles=singles)
                continue
            found = _remembered(run, language) if len(run) <= _LONGEST_REMEMBERED else _of_run(run, language)
            for term, begins, ends, counts in found:
                yield Term(term, start + begins, start + ends, counts)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(run: str, language: Language) -> Sequence[Term]:
    return tuple(_of_run(run, language))


def _of_run(run: str, language: Language) -> Iterator[Term]:
    """With places inside the run."""
    words = [(match.group(), match.start()) for match in WORD.finditer(run)]
    if len(words) == 1 and run.isalpha() and (run.islower() or run.istitle() or run.isupper()):
        yield from _of_word(run, 0, language)
        return
    if _is_identifier(run):
        parts = [part for word, at in words for part in _parts(word, at)]
        yield Term(_joined(run), 0, len(run), counts=len(parts) < 2)
        if len(parts) < 2:
            return
    else:
        parts = words
    for word, at in parts:
        yield from _of_word(word, at, language)


def _of_word(word: str, start: int, language: Language) -> Iterator[Term]:
    plain = folded(word)
    if language.stops(plain):
        return
    term = language.stem(plain)[:_LONGEST]
    if term:
        yield Term(term, start, start + len(word))


def _pairs(run: str, start: int, *, singles: bool) -> Iterator[Term]:
    """Overlapping pairs stand for words, as in Lucene's CJK analyser."""
    normal = unicodedata.normalize("NFKC", run)
    plain = normal if len(normal) == len(run) else run  # else the places would not fit
    if len(plain) == 1:
        yield Term(plain, start, start + 1)
        return
    for index in range(len(plain) - 1):
        yield Term(plain[index : index + 2], start + index, start + index + 2)
    if singles:
        for index, character in enumerate(plain):
            yield Term(character, start + index, start + index + 1, counts=False)


def _is_identifier(run: str) -> bool:
    """Letters with digits, an underscore or an `@`, capitals inside a word; a hyphen between plain words is none."""
    has_digit, has_letter = any(map(str.isdigit, run)), any(map(str.isalpha, run))
    if "_" in run or "@" in run or (has_digit and has_letter):
        return True
    if has_digit:
        return len(run) > 1 and not run.isdigit()
    return any(len(CAMEL.split(word)) > 1 for word in WORD.findall(run))


def _parts(word: str, start: int) -> Sequence[tuple[str, int]]:
    """A word of an identifier in its parts; whole where a part would be a single character."""
    pieces = CAMEL.split(word)
    if len(pieces) < 2 or any(len(piece) < _FEWEST for piece in pieces):
        return [(word, start)]
    placed = []
    for piece in pieces:
        placed.append((piece, start))
        start += len(piece)
    return placed


def _joined(run: str) -> str:
    """An identifier with nothing between its parts: `KX-4711`, `kx_4711` and `KX4711` are the same."""
    return "".join(folded(word) for word in WORD.findall(run))[:_LONGEST]


def folded(word: str) -> str:
    """Without the differences that writers do not mean: width, case, kind of apostrophe."""
    return unicodedata.normalize("NFKC", word).casefold().replace("\u2019", "'")
