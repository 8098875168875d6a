"""Addresses of mailboxes and of machines."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from ingest.redaction.numbers import Span

_DOMAIN = re.compile(r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
_QUOTES = "'`*/=?&{|}!#.-"  # of a sentence or an address line rather than of the mailbox, where they stand first

_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?\w)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?![\w:])")
_NUMBERED = re.compile(
    r"(?:\b(?:v|ver|version|versions|release|releases|rev|revision|build|firmware|section|sections|chapter|clause|"
    r"article|paragraph|annex|appendix|figure|table|step|abschnitt|kapitel|ziffer)\b\.?:?|§|[A-Za-z]/)[ \u00a0]*\Z",
    re.IGNORECASE,
)
"""What makes four numbers with dots the number of a version or of a section."""

_BEFORE = 24


def mailboxes(text: str) -> Iterator[Span]:
    """From the @ outwards: a mailbox's name has no beginning that could be searched for."""
    for found in _DOMAIN.finditer(text):
        local = _LOCAL.search(text, max(0, found.start() - 64), found.start())
        if local is None:
            continue
        name = re.split(r"[=&?|]", local.group())[-1].lstrip(_QUOTES)
        if name:
            yield found.start() - len(name), found.end()


def machines(text: str) -> Iterator[Span]:
    """Of IPv4 and IPv6, those that can name somebody: no masks, nobody's and everybody's addresses."""
    for found in _IPV4.finditer(text):
        if _names_somebody(found.group()) and not _is_numbering(text, found.start()):
            yield found.span()
    for found in _IPV6.finditer(text):
        address = found.group().rstrip(":") if not found.group().endswith("::") else found.group()
        if _is_written_out(address) and _names_somebody(address):
            yield found.start(), found.start() + len(address)


def _is_numbering(text: str, start: int) -> bool:
    return _NUMBERED.search(text, max(0, start - _BEFORE), start) is not None


def _is_written_out(address: str) -> bool:
    """`add::bad` is a name in a program; an address has figures, and more than two parts unless it is local."""
    parts = [part for part in address.split(":") if part]
    return any(map(str.isdigit, address)) and (len(parts) > 2 or address[:2].lower() in {"fe", "fd", "fc"})


def _names_somebody(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if found.version == 4 and address.startswith(("0.", "255.")):
        return False
    return not (found.is_loopback or found.is_unspecified or found.is_multicast)
