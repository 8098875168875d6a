"""Names the offending fields of a request as its sender wrote them: `filter.fileIds[2]`, with the value in question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kit.errors import Detail
from kit.redaction import REDACTED, redacted

_PLACES = {"body", "query", "path", "header", "cookie"}
_SHOWN_CHARACTERS = 80


def offending_fields(errors: Sequence[Mapping[str, Any]]) -> tuple[Detail, ...]:
    """One Detail for each of pydantic's error records."""
    return tuple(Detail(_name(error["loc"]), _sentence(error)) for error in errors)


def _name(place: Sequence[str | int]) -> str:
    steps = place[1:] if len(place) > 1 and place[0] in _PLACES else place
    if len(steps) == 1 and isinstance(steps[0], int):
        return "body"  # the position in a text that is not JSON at all
    name = ""
    for step in steps:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".").encode(errors="backslashreplace").decode()


def _sentence(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "json_invalid":
        return f"is not JSON: {error.get('ctx', {}).get('error', 'cannot be read')} at character {error['loc'][-1]}"
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a field of this request"
    return f"{_lowered(str(error['msg']))}, but is {shown(_harmless(error['loc'], error.get('input')))}"


def _harmless(place: Sequence[str | int], value: object) -> object:
    """Without credentials, which are known by the names of fields: errors end up in logs and on screens."""
    names = [str(step) for step in place]
    if "headers" in names:
        return REDACTED
    for name in names:
        value = redacted(name, value)
    return value


def _lowered(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return message[:1].lower() + message[1:]


def shown(value: object) -> str:
    """The value as text that is short and safe to send back, whatever it is."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
