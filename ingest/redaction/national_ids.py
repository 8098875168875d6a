"""Numbers that states give to people, by their shape and their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from ingest.redaction.numbers import Span


class _Numbers(Protocol):
    def is_valid(self, number: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class NationalId:
    """`module` of stdnum says whether the figures hold. `needs_word`: so many other figures do that a word near them
    has to say what they are."""

    country: str
    module: str
    shape: str
    needs_word: bool = False


_IDS = (
    NationalId("AU", "au.tfn", r"\d{3} ?\d{3} ?\d{2,3}", needs_word=True),
    NationalId("BE", "be.nn", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}"),
    NationalId("BE", "be.nn", r"\d{11}", needs_word=True),
    NationalId("BG", "bg.egn", r"\d{10}", needs_word=True),
    NationalId("BR", "br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}"),
    NationalId("BR", "br.cpf", r"\d{11}", needs_word=True),
    NationalId("CA", "ca.sin", r"\d{3}[- ]?\d{3}[- ]?\d{3}", needs_word=True),
    NationalId("CH", "ch.ssn", r"756\.\d{4}\.\d{4}\.\d{2}"),
    NationalId("CH", "ch.ssn", r"756\d{10}", needs_word=True),
    NationalId("CL", "cl.rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]"),
    NationalId("CN", "cn.ric", r"\d{17}[\dXx]"),
    NationalId("CZ", "cz.rc", r"\d{6}/\d{3,4}"),
    NationalId("DE", "de.idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", needs_word=True),
    NationalId("DK", "dk.cpr", r"\d{6}-\d{4}"),
    NationalId("EE", "ee.ik", r"\d{11}", needs_word=True),
    NationalId("ES", "es.dni", r"\d{8}[- ]?[A-Za-z]"),
    NationalId("ES", "es.nie", r"[XYZxyz][- ]?\d{7}[- ]?[A-Za-z]"),
    NationalId("FI", "fi.hetu", r"\d{6}[-+A-FU-Ya-fu-y]\d{3}[\dA-Za-z]"),
    NationalId("FR", "fr.nir", r"[12] ?\d{2} ?\d{2} ?\d[\dABab] ?\d{3} ?\d{3} ?\d{2}"),
    NationalId("GB", "gb.nhs", r"\d{3}[- ]?\d{3}[- ]?\d{4}", needs_word=True),
    NationalId("GR", "gr.amka", r"\d{11}", needs_word=True),
    NationalId("HR", "hr.oib", r"\d{11}", needs_word=True),
    NationalId("IE", "ie.pps", r"\d{7}[A-Wa-w][A-IWa-iw]?", needs_word=True),
    NationalId("IL", "il.idnr", r"\d{8,9}", needs_word=True),
    NationalId("IN", "in_.aadhaar", r"\d{4} ?\d{4} ?\d{4}", needs_word=True),
    NationalId("IN", "in_.pan", r"[A-Z]{5}\d{4}[A-Z]", needs_word=True),
    NationalId("IS", "is_.kennitala", r"\d{6}-\d{4}"),
    NationalId("IT", "it.codicefiscale", r"[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]"),
    NationalId("KR", "kr.rrn", r"\d{6}-\d{7}"),
    NationalId("LT", "lt.asmens", r"\d{11}", needs_word=True),
    NationalId("LV", "lv.pvn", r"\d{6}-?\d{5}", needs_word=True),
    NationalId("MX", "mx.curp", r"[A-Za-z]{4}\d{6}[A-Za-z]{6}[\dA-Za-z]\d"),
    NationalId("MY", "my.nric", r"\d{6}-\d{2}-\d{4}"),
    NationalId("NL", "nl.bsn", r"\d{4}\.?\d{2}\.?\d{3}", needs_word=True),
    NationalId("NO", "no.fodselsnummer", r"\d{6} ?\d{5}"),
    NationalId("PK", "pk.cnic", r"\d{5}-\d{7}-\d"),
    NationalId("PL", "pl.pesel", r"\d{11}", needs_word=True),
    NationalId("PT", "pt.nif", r"\d{3} ?\d{3} ?\d{3}", needs_word=True),
    NationalId("RO", "ro.cnp", r"[1-8]\d{12}"),
    NationalId("SE", "se.personnummer", r"(?:\d{2})?\d{6}[-+]\d{4}"),
    NationalId("SI", "si.emso", r"\d{13}", needs_word=True),
    NationalId("SK", "sk.rc", r"\d{6}/\d{3,4}"),
    NationalId("TH", "th.pin", r"\d-\d{4}-\d{5}-\d{2}-\d"),
    NationalId("TR", "tr.tckimlik", r"\d{11}", needs_word=True),
    NationalId("UA", "ua.rntrc", r"\d{10}", needs_word=True),
    NationalId("US", "us.ssn", r"\d{3}-\d{2}-\d{4}"),
    NationalId("US", "us.ssn", r"\d{3} ?\d{2} ?\d{4}", needs_word=True),
    NationalId("US", "us.itin", r"9\d{2}-\d{2}-\d{4}"),
    NationalId("ZA", "za.idnr", r"\d{6} ?\d{4} ?\d{3}", needs_word=True),
)
KNOWN_COUNTRIES = frozenset(one.country for one in _IDS)

_NAMED = re.compile(
    r"\b(?:ssn|social security|social insurance|national insurance|national id|identity (?:card|number|no)|"
    r"id(?:entification)? (?:card|number|no|nr)|personal (?:number|code|id)|tax(?:payer)? (?:id|number|file|no)|"
    r"nhs|sin|tfn|pps|itin|bsn|burgerservicenummer|sofinummer|rijksregister\w*|registre national|steuer-?id\w*|"
    r"identifikationsnummer|idnr|ahv\w*|avs|sozialversicherung\w*|insee|sécurité sociale|dni|nie|nif|contribuinte|"
    r"cpf|cnp|pesel|oib|amka|αμκα|egn|егн|рнокпп|isikukood\w*|asmens kod\w*|personas kod\w*|emšo|kimlik|aadhaar|"
    r"aadhar|pan|personnummer|f[oø]dselsnummer|kennitala|rodné číslo|codice fiscale|identiteitsnommer|teudat zehut)\b"
    r"[^\n]{0,32}\Z",
    re.IGNORECASE,
)
_BEFORE = 64


def national_ids(text: str, *, near: str, countries: Sequence[str]) -> Iterator[Span]:
    """`near`: what stands beside the text, such as the head of a column."""
    wanted = frozenset(countries)
    for one in _IDS:
        if wanted and one.country not in wanted:
            continue
        for found in _pattern(one.shape).finditer(text):
            if one.needs_word and not _is_named(text, found.start(), near):
                continue
            if _numbers(one.module).is_valid(found.group()):
                yield found.span()


def _is_named(text: str, start: int, near: str) -> bool:
    return _NAMED.search(f"{near}\n{text[max(0, start - _BEFORE) : start]}".replace("\n", " ")) is not None


@cache  # as many as there are shapes
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){shape}(?![\w-])", re.ASCII)


@cache  # as many as there are modules
def _numbers(module: str) -> _Numbers:
    return cast("_Numbers", import_module(f"stdnum.{module}"))
