"""Phone numbers, by the numbering plans of all countries (Google's, as the library phonenumbers has them)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from phonenumbers import Leniency, PhoneNumberMatch, PhoneNumberMatcher
from stdnum import isbn

from ingest.redaction.numbers import Span

_ENOUGH_DIGITS = re.compile(r"\d(?:[^\w\n]{0,4}\d){5}")
_PLUS = re.compile("[+\uff0b]")
_DATE = re.compile(
    r"(?<![\d+(])(?<![\d)][-. /])(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{4})(?![-. /]?\d)"
)
_SPACE = re.compile(r"[^\S ]")
_CALLED = re.compile(
    r"\b(?:phone|telephone|tel|mobile|mob|cell|fax|call|dial|ring|sms|whatsapp|signal|hotline|telefon|telefax|handy|"
    r"mobil|tél|téléphone|portable|teléfono|móvil|telefono|cellulare|telefone|celular|telefoon|mobiel|puhelin|numer)\b"
    r"[^\n]{0,24}\Z",
    re.IGNORECASE,
)
_NUMBER_OF_A_BOOK = re.compile(r"\b(?:isbn|issn|ean|doi|isan|ismn)\b[^\n]{0,24}\Z", re.IGNORECASE)
_BEFORE = 40


def phones(text: str, *, near: str, countries: Sequence[str]) -> Iterator[Span]:
    """`near`: what stands beside the text, such as the head of a column."""
    if _ENOUGH_DIGITS.search(text) is None:
        return
    readable = _DATE.sub(lambda date: "#" * len(date.group()), _SPACE.sub(" ", text))
    if _PLUS.search(readable) is not None:
        for match in _matches(readable, None):
            yield _without_bracket(match)
    for country in countries:
        for match in _matches(readable, country):
            if _is_called(match, f"{near} {readable[max(0, match.start - _BEFORE) : match.start]}"):
                yield _without_bracket(match)


def _matches(text: str, country: str | None) -> Iterator[PhoneNumberMatch]:
    """As often as there is text: the library gives up after a number of tries else, and what follows would stay."""
    return iter(PhoneNumberMatcher(text, country, Leniency.VALID, len(text) + 1))


def _without_bracket(match: PhoneNumberMatch) -> Span:
    """One that opens before the number and closes behind it is the sentence's."""
    opens = match.raw_string[0] in "([（［" and not any(closing in match.raw_string for closing in ")]）］")  # noqa: RUF001 - as they are written
    return match.start + opens, match.end


def _is_called(match: PhoneNumberMatch, before: str) -> bool:
    """Of figures without a country's code. Those in one piece are as often the number of something else."""
    written = match.raw_string
    if _NUMBER_OF_A_BOOK.search(before) or _is_of_a_book(written):
        return False
    return not written.isdigit() or written.startswith("0") or _CALLED.search(before) is not None


def _is_of_a_book(written: str) -> bool:
    """Thirteen figures, or ten in the four groups of a book's; shorter ones hold by chance too often."""
    length = sum(map(str.isdigit, written))
    return (length == 13 or (length == 10 and written.count("-") == 3)) and isbn.is_valid(written)
