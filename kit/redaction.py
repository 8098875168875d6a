"""Keeps credentials out of logs: by the name of a field, and by what a secret looks like inside any text."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(r"key|token|secret|password|passwd|authorization|cookie|credential", re.IGNORECASE)
_HARMLESS_NAME = re.compile(
    r"(_ids?|_hint|_count|_name|_kind|_prefix|_at|_until)$|^(keys|tokens)$|^idempotency", re.IGNORECASE
)

# What callers send is searched, on the event loop as well: no pattern may look again at what it has looked at, so none
# begins with a run of any length, and what may be long and still fail is bounded.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Cairn's own tokens, kit.crypto.new_token: a short prefix and 43 characters of base64
    (re.compile(r"\b([a-z]{2,4}_)(?=[A-Za-z0-9_-]{40})[A-Za-z0-9_-]{40,}"), rf"\g<1>{REDACTED}"),
    (re.compile(r"\b(ck_)[A-Za-z0-9_-]{6,}"), rf"\g<1>{REDACTED}"),
    (re.compile(r"(authorization['\"]?\s*[:=]\s*['\"]?(?:\w+ )?)[^\s'\",;}]+", re.IGNORECASE), rf"\g<1>{REDACTED}"),
    (re.compile(r"\b(bearer\s+)(?=\S*[\d._-])[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\g<1>{REDACTED}"),
    # name=value and "name": "value", as in query strings, connection strings and printed settings
    (
        re.compile(
            r"((?:api[_-]?key|access[_-]?key|token|secret|password|passwd)['\"]?\s*[=:]\s*['\"]?)"
            r"(?!\[|\d+\b)[^\s&'\",;})]+",
            re.IGNORECASE,
        ),
        rf"\g<1>{REDACTED}",
    ),
    # the password in a URL: postgresql://user:password@host
    (
        re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@]{0,200}:)[^\s@]{1,1000}(?=@)", re.IGNORECASE),
        rf"\g<1>{REDACTED}",
    ),
)


def redact_text(text: str) -> str:
    """The text without anything that looks like a credential."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor. Field names decide first; numbers, booleans and None are never secrets."""
    for name, value in event.items():
        event[name] = redacted(name, value)
    return event


def redacted(name: str, value: object) -> object:
    """The value, or what is left of it, for a field of that name."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name) and not _HARMLESS_NAME.search(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {key: redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(name, inner) for inner in value]
    text = str(value)
    clean = redact_text(text)
    return value if clean == text else clean
