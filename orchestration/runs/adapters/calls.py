"""Calls of tools as models write them, made into ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from orchestration.runs.types import Message, ToolCall
from orchestration.tasks.types import Json

_LONGEST_KEPT = 2000
"""Characters of what is malformed: enough to show the model what it did."""


def storable(text: str) -> str:
    """Databases take neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def numbered(asked: Sequence[tuple[str, str]], messages: Sequence[Message]) -> Sequence[ToolCall]:
    """From names and arguments as they came. Servers give ids of calls that are unique in a reply, if that: these count
    on through the run."""
    before = sum(len(one.calls) for one in messages)
    return [_call(f"call-{number}", name, raw) for number, (name, raw) in enumerate(asked, start=before + 1)]


def raw_arguments(call: ToolCall) -> str:
    """As the model gave them, or nearly."""
    return json.dumps(dict(call.arguments), ensure_ascii=False) if call.malformed is None else call.malformed


def _call(call_id: str, name: str, raw: str) -> ToolCall:
    try:
        found = json.loads(raw or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        return ToolCall(call_id, storable(name), {}, malformed=storable(raw)[:_LONGEST_KEPT])
    return ToolCall(call_id, storable(name), {storable(key): _clean(value) for key, value in found.items()})


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _clean(value: Json) -> Json:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value
