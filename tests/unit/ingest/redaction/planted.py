"""Personal data that was made up: as people write it, with check digits that hold."""

from __future__ import annotations

from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, format_number, is_valid_number
from stdnum import iban, luhn

DIGITS = st.text("0123456789", min_size=30, max_size=30)
_NAME = st.from_regex(r"[a-z][a-z0-9_]{0,8}([.+-][a-z0-9]{1,8}){0,2}", fullmatch=True)
_DOMAIN = st.from_regex(r"([a-z][a-z0-9]{1,9}\.){1,3}(com|org|de|co\.uk|museum)", fullmatch=True)


def _grouped(text: str, separator: str) -> str:
    return separator.join(text[start : start + 4] for start in range(0, len(text), 4))


@st.composite
def mailboxes(draw: st.DrawFn) -> str:
    return f"{draw(_NAME)}@{draw(_DOMAIN)}"


@st.composite
def ibans(draw: st.DrawFn) -> str:
    digits = draw(DIGITS)
    country, account = draw(st.sampled_from([("DE", digits[:18]), ("GB", f"NWBK{digits[:14]}"), ("NO", "86011117947")]))
    check = iban.calc_check_digits(f"{country}00{account}")
    whole = f"{country}{check}{account}"
    return draw(st.sampled_from([whole, _grouped(whole, " "), whole.lower()])) if iban.is_valid(whole) else _IBAN


_IBAN = "DE89 3704 0044 0532 0130 00"


@st.composite
def cards(draw: st.DrawFn) -> str:
    beginning, length = draw(st.sampled_from([("4", 16), ("53", 16), ("37", 15), ("6011", 16), ("2720", 16)]))
    body = (beginning + draw(DIGITS))[: length - 1]
    whole = body + luhn.calc_check_digit(body)
    if length == 15:
        return draw(st.sampled_from([whole, f"{whole[:4]} {whole[4:10]} {whole[10:]}"]))
    return draw(st.sampled_from([whole, _grouped(whole, " "), _grouped(whole, "-")]))


@st.composite
def machines(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        parts = [draw(st.integers(128, 223)), *draw(st.lists(st.integers(0, 255), min_size=3, max_size=3))]
        return ".".join(map(str, parts))
    return ":".join(["2001", *(f"{draw(st.integers(1, 0xFFFF)):x}" for _ in range(7))])


@st.composite
def phones(draw: st.DrawFn) -> str:
    country, number = draw(st.sampled_from([(49, 30901820), (44, 2079460958), (1, 2024561111), (33, 142685300)]))
    found = PhoneNumber(country_code=country, national_number=number + draw(st.integers(0, 9)))
    assert is_valid_number(found)
    return format_number(found, draw(st.sampled_from([PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL])))


@st.composite
def national_ids(draw: st.DrawFn) -> str:
    area = draw(st.integers(1, 899).filter(lambda number: number != 666))
    ssn = f"{area:03}-{draw(st.integers(1, 99)):02}-{draw(st.integers(1, 9999)):04}"
    others = ["RSSMRA85T10A562S", "123.456.789-09", "131052-308T", "85.07.30-033.28", "756.9217.0769.85"]
    return draw(st.sampled_from([ssn, *others]).filter(lambda one: one not in {"078-05-1120", "457-55-5462"}))
