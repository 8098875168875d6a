"""Turns of an answer in the making, as its row keeps them, and which passages they were told of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.chat.models import ChatMessage
from orchestration.runs.conversation import row_of
from orchestration.runs.types import Called, ToolCall, Turn
from retrieval.search.citation import cited_place


def turns_of(message: ChatMessage) -> Sequence[Turn]:
    return [Turn(one["text"], [_called(call) for call in one["calls"]]) for one in message.turns]


def keep(message: ChatMessage, turn: Turn) -> None:
    text, calls = row_of(turn)
    message.turns = [*message.turns, {"text": text, "calls": calls}]


def told_chunks(turns: Sequence[Turn]) -> frozenset[str]:
    return frozenset(one["chunk_id"] for one in _passages(turns))


def told_files(turns: Sequence[Turn]) -> frozenset[str]:
    return frozenset(cited_place(one["citation"]).file_id for one in _passages(turns))


def _passages(turns: Sequence[Turn]) -> Iterator[Mapping[str, Any]]:
    for turn in turns:
        for one in turn.called:
            yield from json.loads(one.result or "{}").get("passages", ())


def _called(kept: Mapping[str, Any]) -> Called:
    call = ToolCall(kept["id"], kept["name"], kept["arguments"], kept.get("malformed"))
    return Called(call, kept["result"])
