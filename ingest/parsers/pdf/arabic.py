# ruff: noqa: RUF001 - letters of other scripts are what this is about
"""Scripts that run to the left, as PDFs hold them: shaped letters and ligatures, put back into those that are typed."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SHAPED = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]+")
_ARTICLE = re.compile("ا([أإآ])ل")
"""Where a ligature of lam and alef comes out in the order of its looks. Alef, alef with hamza and lam follow each other
in no word, so it is the article before a word that begins with hamza."""

_MEETING = re.compile(r"(?<=[\u0590-\u08ff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u0590-\u08ff])")
"""Where words of two scripts touch: the blank beside a run of Latin letters is often not drawn, and the run would be
found by nobody who looks for it."""

TURNED_LIGATURE = re.compile("[اأإآٱ]ل")
"""Alef and lam, which are drawn as one sign in the other order only: lam before alef."""


def is_right_to_left(text: str) -> bool:
    return len(_LETTERS.findall(text)) * 2 > sum(map(str.isalpha, text))


def mended(text: str) -> str:
    shaped = _SHAPED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return _MEETING.sub(" ", _ARTICLE.sub("ال\\1", shaped))
