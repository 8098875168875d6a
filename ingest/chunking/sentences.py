# ruff: noqa: RUF001 - marks that look like others are what this module is about
"""Where sentences end, by rules that hold across scripts; a boundary too few only makes a longer sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

_CLOSERS = "\"'”’»›)\\]}」』）】》"
# Marks of scripts that write no blank behind a sentence, or whose marks have no other use: CJK, Arabic and Urdu,
# Devanagari, Ethiopic, Khmer, Burmese, Armenian. A blank line ends a sentence whatever stands before it.
_END = re.compile(
    rf"(?P<plain>(?<![.!?…])[.!?…]++[{_CLOSERS}]*+)(?=\s)"  # only from a run's start: linear in leader dots
    rf"|[。！？｡؟۔।॥።፧។៕။։]+[{_CLOSERS}]*"
    r"|(?<=[\u0e01-\u0eff]) +(?=[\u0e01-\u0eff])"  # Thai and Lao write no mark, and a blank only between clauses
    r"|\n[ \t]*\n"
)
_LINE = re.compile(r"^[^\S\n]*+\S[^\n]*", re.MULTILINE)
_NEXT = re.compile(r"[\s\"'“‘«‹(\[{]*(\S)?")
_WORD = re.compile(r"[^\s(\[{\"'“‘«]*$")
_OPENERS = " \t\n\"'“‘«([{"
_LONGEST_WORD = 24  # characters looked at before a full stop

# Followed by a name, a number or more of the sentence whatever comes next.
_NEVER_LAST = re.compile(
    r"mr|mrs|ms|mx|dr|prof|st|sen|rep|gov|gen|col|lt|capt|sgt|rev|hon|messrs|mme|mlle|sr|sra|srta|dott|sig|ing"
    r"|figs?|eqs?|nos?|nr|vols?|ch|sec|arts?|pp|eds?|cf|vs|viz|ca|approx|resp|abb|abs|bd|kap|tab"
    r"|e\.g|i\.e|z\.b|d\.h|u\.a|s\.o|s\.u|p\.ex|a\.k\.a",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:\w\.)*[^\W\d_]")
_NUMBERING = re.compile(r"\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,5}|[a-z]", re.IGNORECASE)


def sentence_spans(text: str) -> Sequence[Span]:
    """Start and end of each sentence without surrounding blanks, in order; together they hold every non-blank."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match["plain"] is None or _ends(text, start, match.start(), match.end()):
            spans.extend(_trimmed(text, start, match.end()))
            start = match.end()
    spans.extend(_trimmed(text, start, len(text)))
    return spans


def line_spans(text: str) -> Sequence[Span]:
    """Each line that is not blank, with its indentation: the units of lists, code and tables."""
    return [match.span() for match in _LINE.finditer(text)]


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends(text: str, start: int, mark: int, end: int) -> bool:
    """Whether the marks at `mark` end the sentence that began at `start`."""
    following = _NEXT.match(text, end)
    if following and following[1] and following[1].islower():
        return False
    return text[mark:end].strip(_CLOSERS) != "." or not _is_abbreviation(text, start, mark)


def _is_abbreviation(text: str, start: int, mark: int) -> bool:
    """Whether the word before the full stop at `mark` is one that goes on: a title, an initial, a list's number."""
    before = _WORD.search(text[max(start, mark - _LONGEST_WORD) : mark])
    word = before[0] if before else ""
    at_start = mark - start <= _LONGEST_WORD and not text[start : mark - len(word)].strip(_OPENERS)
    if at_start and _NUMBERING.fullmatch(word):
        return True
    initial = _INITIAL.fullmatch(word) is not None and (word.isupper() or "." in word)
    return initial or _NEVER_LAST.fullmatch(word) is not None
