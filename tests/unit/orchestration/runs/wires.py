"""What servers of models send, in the two ways that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.unit.orchestration.runs.thinking import Answer

Events = list[tuple[str | None, object]]


@dataclass(frozen=True)
class Wire:
    """`said` makes an answer of pieces of text, calls (names and raw arguments) and tokens; `stop` is why it ended.
    `results` reads what tools told, by call, out of a request."""

    adapter: str
    setting: str
    path: str
    said: Callable[..., Answer]
    cut: str
    key_of: Callable[[Mapping[str, str]], str]
    results: Callable[[Mapping[str, Any]], Mapping[str, str]]
    system: Callable[[Mapping[str, Any]], str]


def _chunk(delta: dict[str, object], reason: str | None = None) -> tuple[None, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return None, {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _openai(
    *pieces: str, calls: Sequence[tuple[str, str]] = (), tokens: tuple[int, int] | None = (100, 20), stop: str = ""
) -> Answer:
    events: Events = [_chunk({"role": "assistant", "content": ""})]
    events += [_chunk({"content": piece}) for piece in pieces]
    for index, (name, raw) in enumerate(calls):
        half = len(raw) // 2
        begin: dict[str, object] = {
            "index": index,
            "id": "same",
            "type": "function",
            "function": {"name": name, "arguments": raw[:half]},
        }
        events.append(_chunk({"tool_calls": [begin]}))
        events.append(_chunk({"tool_calls": [{"index": index, "function": {"arguments": raw[half:]}}]}))
    events.append(_chunk({}, stop or ("tool_calls" if calls else "stop")))
    if tokens is not None:
        usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
        events.append((None, {"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage}))
    return Answer([*events, (None, "[DONE]")])


def _anthropic(
    *pieces: str, calls: Sequence[tuple[str, str]] = (), tokens: tuple[int, int] | None = (100, 20), stop: str = ""
) -> Answer:
    usage = {} if tokens is None else {"usage": {"input_tokens": tokens[0], "output_tokens": 1}}
    written = {} if tokens is None else {"usage": {"output_tokens": tokens[1]}}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], **usage}
    data: list[dict[str, object]] = [{"type": "message_start", "message": message}, {"type": "ping"}]
    blocks: list[tuple[dict[str, object], list[dict[str, object]]]] = []
    if pieces:
        blocks.append(({"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces]))
    for name, raw in calls:
        half = len(raw) // 2
        parts: list[dict[str, object]] = [
            {"type": "input_json_delta", "partial_json": part} for part in (raw[:half], raw[half:])
        ]
        blocks.append(({"type": "tool_use", "id": "same", "name": name, "input": {}}, [*parts]))
    for index, (block, deltas) in enumerate(blocks):
        data.append({"type": "content_block_start", "index": index, "content_block": block})
        data += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        data.append({"type": "content_block_stop", "index": index})
    reason = stop or ("tool_use" if calls else "end_turn")
    data.append({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, **written})
    data.append({"type": "message_stop"})
    return Answer([(str(one["type"]), one) for one in data])


def _openai_results(body: Mapping[str, Any]) -> Mapping[str, str]:
    return {one["tool_call_id"]: one["content"] for one in body["messages"] if one["role"] == "tool"}


def _anthropic_results(body: Mapping[str, Any]) -> Mapping[str, str]:
    blocks = [block for one in body["messages"] for block in one["content"]]
    return {block["tool_use_id"]: block["content"] for block in blocks if block["type"] == "tool_result"}


WIRES = (
    Wire(
        "openai", "openai", "/v1/chat/completions", _openai, "length",
        lambda headers: headers.get("authorization", "").removeprefix("Bearer "), _openai_results,
        lambda body: body["messages"][0]["content"],
    ),
    Wire(
        "anthropic", "anthropic", "/v1/messages", _anthropic, "max_tokens",
        lambda headers: headers.get("x-api-key", ""), _anthropic_results, lambda body: body["system"],
    ),
)  # fmt: skip
