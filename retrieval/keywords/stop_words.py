"""Words that a text is held together by and that say nothing of what it is about, by language.

`stop_words.txt` lists closed classes only: articles, pronouns, prepositions, conjunctions, auxiliaries, question words,
folded as `analysis.folded` folds. They are also how a text's language is told. Greek is listed without accents, which
wander or fall away in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def _listed(text: str) -> Mapping[str, frozenset[str]]:
    """`[language]` before its words."""
    found: dict[str, frozenset[str]] = {}
    for part in text.split("[")[1:]:
        language, _, words = part.partition("]")
        found[language] = frozenset(words.split())
    return found


STOP_WORDS = _listed(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8"))
