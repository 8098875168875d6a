"""What the tools of a run told, read back from the conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.runs.tools import READ_AROUND, SEARCH
from orchestration.runs.types import Message, Role


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a tool told it."""

    chunk_id: str
    citation: str
    file: str
    page: int | None
    headings: Sequence[str]
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """`searches`: passages by query, best first. `excerpts`: what stands around a passage, in the file's order, by
    that passage. `asked` are calls that were made, whatever came of them, by the tool's name and its one argument;
    `errors` are the tools' own words."""

    searches: Mapping[str, Sequence[Found]]
    excerpts: Mapping[str, Sequence[Found]]
    datasets: Sequence[str]
    asked: frozenset[tuple[str, str]]
    errors: Sequence[str]


def told(messages: Sequence[Message]) -> Told:
    calls = {call.id: call for message in messages for call in message.calls}
    searches: dict[str, Sequence[Found]] = {}
    excerpts: dict[str, Sequence[Found]] = {}
    datasets: dict[str, None] = {}
    errors: list[str] = []
    for message in messages:
        if message.role is not Role.TOOL or message.call_id not in calls:
            continue
        call, result = calls[message.call_id], json.loads(message.text)
        passages = [_found(one) for one in result.get("passages", ())]
        if "error" in result:
            errors.append(str(result["error"]))
        elif call.name == SEARCH:
            searches[str(call.arguments["query"])] = passages
            datasets |= dict.fromkeys(result["datasets"])
        elif call.name == READ_AROUND:
            excerpts[str(call.arguments["chunk_id"])] = passages
    asked = frozenset((call.name, str(value)) for call in calls.values() for value in call.arguments.values())
    return Told(searches, excerpts, list(datasets), asked, errors)


def _found(one: Mapping[str, Any]) -> Found:
    return Found(one["chunk_id"], one["citation"], one["file"], one["page"], one["headings"], one["text"])
