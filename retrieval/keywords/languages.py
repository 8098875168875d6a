"""Stems and stop words by language, and which language a text is in.

Scripts that one language dominates tell by themselves (Greek, Cyrillic, Arabic, Devanagari, Tamil, Armenian). Latin
script is told by the stop words of its languages; a text that holds too few of them is in the given language.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from kit.errors import Invalid
from retrieval.keywords.stop_words import STOP_WORDS

PLAIN = "none"

_SCRIPTS = (
    ("\u0370", "\u03ff", "greek"),
    ("\u0400", "\u04ff", "russian"),
    ("\u0530", "\u058f", "armenian"),
    ("\u0600", "\u06ff", "arabic"),
    ("\u0900", "\u097f", "hindi"),
    ("\u0b80", "\u0bff", "tamil"),
)
_LEAST_STOP_WORDS = 2  # more than these of another language, and twice as many as of the given one
_LOOKED_AT = 200  # words at the start of a text
_turn = threading.local()


class Language(NamedTuple):
    """`name` as Snowball calls it, or `none`."""

    name: str

    def stem(self, word: str) -> str:
        return word if self.name == PLAIN else _stem(_of_script(word) or self.name, word)

    def stops(self, word: str) -> bool:
        if self.name == PLAIN:
            return False
        language = _of_script(word) or self.name
        return (_without_accents(word) if language == "greek" else word) in STOP_WORDS.get(language, _NONE)

    def told_by(self, words: Sequence[str]) -> Language:
        """The language that the stop words among them belong to, or this one."""
        if self.name == PLAIN:
            return self
        counted = Counter(language for word in words[:_LOOKED_AT] for language in _LATIN.get(word.lower(), ()))
        if not counted:
            return self
        mine = counted[self.name]
        best, most = max(counted.items(), key=lambda pair: (pair[1], pair[0]))
        return Language(best) if most >= _LEAST_STOP_WORDS and most > 2 * mine else self


def language_of(name: str) -> Language:
    """Invalid, with the choices, for one that there is no stemmer for."""
    if name == PLAIN or name in Stemmer.algorithms():
        return Language(name)
    known = ", ".join(sorted(Stemmer.algorithms()))
    raise Invalid(f"the keyword leg has no language {name!r}; give 'none' or one of {known}")


def _of_script(word: str) -> str | None:
    first = word[0]
    if first < "\u0370":
        return None
    return next((language for low, high, language in _SCRIPTS if low <= first <= high), None)


@lru_cache(maxsize=200_000)
def _stem(language: str, word: str) -> str:
    return _without_accents(_stemmer(language).stemWord(word))


def _stemmer(language: str) -> Stemmer.Stemmer:
    """One a thread: the library's are not safe to share."""
    mine: dict[str, Stemmer.Stemmer] = _turn.__dict__.setdefault("stemmers", {})
    if language not in mine:
        mine[language] = Stemmer.Stemmer(language, 0)
    return mine[language]


def _without_accents(word: str) -> str:
    """After stemming, which needs them: `café` and `cafe` are the same word to somebody who searches."""
    if word.isascii():
        return word
    taken = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(one for one in taken if not "\u0300" <= one <= "\u036f"))


def _latin() -> dict[str, tuple[str, ...]]:
    """Stop words in Latin script, each with the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in STOP_WORDS.items():
        for word in words:
            if word[0] < "\u0370":
                found[word] = (*found.get(word, ()), language)
    return found


_NONE: frozenset[str] = frozenset()
_LATIN = _latin()
