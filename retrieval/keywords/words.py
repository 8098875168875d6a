"""Where the words of a text are, in any script.

A word is a run of letters, digits and the signs that belong to them. Scripts without spaces give runs as long as a
sentence; `retrieval.keywords.analysis` cuts those into pairs. What joins words into an identifier (`KX-4711`,
`snake_case`, `v2.3.1`, `a@b.org`) stays inside one run, and is taken apart there too.
"""

from __future__ import annotations

import re

# Signs that stand above, below or after a letter and are no letters to Python's \w: combining marks of European
# scripts, points of Hebrew and Arabic, vowel signs of the Indian scripts, joiners.
_SIGNS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_UNSPACED_RANGES = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W_{_UNSPACED_RANGES}]|[{_SIGNS}]"

UNSPACED = re.compile(f"[{_UNSPACED_RANGES}]+")
"""Thai, Lao, Myanmar, Khmer, kana, Han, Hangul: no spaces between words, or particles that stick to the word."""

UNSPACED_FROM = "\u0e00"
"""Nothing before it is of those."""

RUN = re.compile(rf"[{_UNSPACED_RANGES}]+|(?:{_LETTER})+(?:[-_.:/@#&+'\u2019](?:{_LETTER})+|_+(?:{_LETTER})*)*")
"""One run of an unspaced script, or words with all that joins them without a space."""

WORD = re.compile(rf"(?:{_LETTER})+(?:['\u2019](?:{_LETTER})+)*")
"""A word inside a run; an apostrophe belongs to it."""

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
"""Where the parts of an identifier meet: `chunkSize`, `HTTPServer`, `KX4711`."""
