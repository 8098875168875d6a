"""Bank accounts and payment cards: told by their length, their beginning and their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn

Span = tuple[int, int]

_IBAN_START = re.compile(r"(?<![^\W_])[A-Za-z]{2}[0-9]{2}(?=[\s-]?[A-Za-z0-9])")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34

_GROUPS = re.compile(r"(?<![\w.,])[0-9]+(?:[\s.\-\u2010-\u2015][0-9]+)*(?!\w)")
_DIGITS = re.compile(r"[0-9]+")
_CARDS = (
    (re.compile(r"4"), {16, 19}),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"30[0-5]|3[689]"), {14, 16}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 19}),
    (re.compile(r"60(?:11|[3-9])|6[2-9]|50|5[6-8]"), {16, 17, 18, 19}),
)
"""How the issuers' numbers begin and how long they are (ISO/IEC 7812). Visa's of 13 digits are no more, and would be
taken for the numbers of goods."""


def ibans(text: str) -> Iterator[Span]:
    after = 0
    for start in _IBAN_START.finditer(text):
        if start.start() < after:
            continue
        end = _iban_end(text, start.start())
        if end is not None:
            after = end
            yield start.start(), end


def _iban_end(text: str, start: int) -> int | None:
    """The longest stretch that holds: what follows in capitals would be read along with it else."""
    compact, ends = "", list[int]()
    position = start
    while position < len(text) and len(compact) < _LONGEST_IBAN:
        character = text[position]
        if character.isascii() and character.isalnum():
            compact += character
            ends.append(position + 1)
        elif not (character.isspace() or character == "-") or not text[position - 1].isalnum():
            break
        position += 1
    for length in range(len(compact), _SHORTEST_IBAN - 1, -1):
        end = ends[length - 1]
        if (end == len(text) or not text[end].isalnum()) and _is_iban(compact[:length]):
            return end
    return None


def _is_iban(number: str) -> bool:
    """The remainder first: it turns most away, and costs a hundredth of what the country's own rules do."""
    figures = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return int(figures) % 97 == 1 and iban.is_valid(number)


def cards(text: str) -> Iterator[Span]:
    """One group of digits, or several that are written as cards are: neighbours in a row of figures are tried too."""
    for run in _GROUPS.finditer(text):
        groups = [(one.start() + run.start(), one.end() + run.start()) for one in _DIGITS.finditer(run.group())]
        first = 0
        while first < len(groups):
            last = _card_end(text, groups, first)
            if last is None:
                first += 1
                continue
            yield groups[first][0], groups[last][1]
            first = last + 1


def _card_end(text: str, groups: list[Span], first: int) -> int | None:
    number, start = "", groups[first][0]
    if start > 1 and text[start - 1] in ".," and text[start - 2].isdigit():
        return None  # a fraction's
    for last in range(first, min(first + 6, len(groups))):
        start, end = groups[last]
        if last > first and not 3 <= end - start <= 7:
            return None
        number += text[start:end]
        if len(number) > 19:
            return None
        if _is_card(number) and (last == first or 3 <= groups[first][1] - groups[first][0] <= 7):
            return last
    return None


def _is_card(number: str) -> bool:
    lengths = (length for beginning, lengths in _CARDS if beginning.match(number) for length in lengths)
    return len(number) in lengths and luhn.is_valid(number)
