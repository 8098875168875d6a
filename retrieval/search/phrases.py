"""Quoted parts of a question: a passage must have their words in that order, whatever stands between them as signs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.keywords.analysis import folded
from retrieval.keywords.words import UNSPACED, WORD

POOL = 500
"""Candidates of each leg among which phrases are looked for: the engine knows no order of words."""

_QUOTED = re.compile('"([^"]+)"|\u201c([^\u201d]+)\u201d|\u201e([^\u201c]+)\u201c|\u00ab([^\u00bb]+)\u00bb')
_QUOTES = frozenset('"\u201c\u201e\u00ab')


def phrases_of(query: str) -> Sequence[str]:
    """Without their quotes, in order; empty where nothing is quoted."""
    if _QUOTES.isdisjoint(query):
        return ()
    found = (next(part for part in match.groups() if part is not None) for match in _QUOTED.finditer(query))
    return tuple(phrase.strip() for phrase in found if _flat(phrase).strip())


def holds(text: str, phrases: Sequence[str]) -> bool:
    """Whether the text has every phrase, in any case and with any signs between its words."""
    flat = _flat(text)
    return all(_flat(phrase) in flat for phrase in phrases)


def _flat(text: str) -> str:
    """Words between single spaces, with one before and after; unspaced scripts as they are."""
    if UNSPACED.search(text):
        return folded("".join(text.split()))
    return f" {' '.join(folded(match.group()) for match in WORD.finditer(text))} "
