"""Which language a page is in, by what it and its address say, and which page it is a translation of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.urls import path_words

DEFAULT = "x-default"
_TAG = re.compile(r"^([a-z]{2,3})(?:-[a-z0-9]{2,8})*$")
_IN_PATH = re.compile(r"^([a-z]{2})(?:[-_]([a-z]{2}|[a-z]{4}))?$", re.IGNORECASE)
_LETTERS = """
aa ab af ak am ar as ay az be bg bh bi bn bo br bs ca co cs cy da de dz el en eo es et eu fa fi fj fo fr fy ga gd gl
gn gu ha he hi hr hu hy ia id is it ja ka kk kl km kn ko ku ky la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn
no oc or pa pl ps pt qu rm ro ru rw sa sd si sk sl sm sn so sq sr st su sv sw ta te tg th ti tk tn tr ts tt uk ur uz
vi vo wo xh yi yo zh zu
"""
_CODES = frozenset(_LETTERS.split())
"""ISO 639-1, for what stands in an address: not every pair of letters is a language."""


def language_of(url: str, *, declared: str | None, alternates: Sequence[tuple[str, str]]) -> str | None:
    """As the page calls itself among its translations, which a template seldom gets wrong; else as it is `declared`;
    else as its address has it."""
    named = next((tag for tag, address in alternates if address == url and tag != DEFAULT), None)
    return named or declared or _in_path(url)


def _in_path(url: str) -> str | None:
    match = _IN_PATH.match(next(path_words(url), ""))
    if match is None or match[1].lower() not in _CODES:
        return None
    return "-".join(part.lower() for part in match.groups() if part)


def alternate_of(url: str, alternates: Sequence[tuple[str, str]]) -> str | None:
    """The address that stands for all translations of a page: what is for everybody, else the shortest. None for that
    page itself, and for one without translations."""
    if not alternates:
        return None
    general = next((address for tag, address in alternates if tag == DEFAULT), None)
    others = {address for _, address in alternates} | {url}
    chosen = general or min(others, key=lambda address: (len(address), address))
    return chosen if chosen != url else None


def primary(tag: str) -> str:
    """`en` of `en-us`."""
    return tag.partition("-")[0]


def is_wanted(tag: str | None, wanted: Sequence[str]) -> bool:
    """Whether a page is to be kept: of the languages that are wanted, or in none that is known. `en` takes `en-us`."""
    return not wanted or tag is None or any(tag == one or tag.startswith(f"{one}-") for one in wanted)


def checked_tag(text: str) -> str | None:
    """The tag in lower case; None for what is none."""
    tag = text.strip().replace("_", "-").lower()
    return tag if _TAG.match(tag) else None
