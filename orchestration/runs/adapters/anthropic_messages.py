"""Models behind Anthropic's messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2
from pydantic import BaseModel

from kit.errors import CairnError
from orchestration.runs.adapters.asking import UNUSED_KEY, Ask
from orchestration.runs.adapters.calls import numbered, storable
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelRefused
from orchestration.runs.types import Left, Message, ReplyPart, Role, TextDelta, TokensUsed, ToolCall, ToolSpec


class _Usage(BaseModel):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None

    @property
    def read(self) -> int | None:
        if self.input_tokens is None:
            return None
        return self.input_tokens + (self.cache_creation_input_tokens or 0) + (self.cache_read_input_tokens or 0)


class _Start(BaseModel):
    usage: _Usage | None = None


class _Block(BaseModel):
    type: str
    name: str | None = None


class _Delta(BaseModel):
    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Event(BaseModel):
    """What is read of an event. The library takes whatever comes for what should have come; this does not."""

    type: str
    index: int = 0
    message: _Start | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None


@dataclass(slots=True)
class _Reply:
    """What has come so far: the calls' names and arguments, by their place. Tokens that were not told are None."""

    calls: dict[int, tuple[str, str]] = field(default_factory=dict)
    read: int | None = None
    written: int | None = None
    stopped: str | None = None
    is_over: bool = False

    def take(self, event: _Event) -> str:
        """The text that it adds."""
        usage = event.usage or (None if event.message is None else event.message.usage)
        if usage is not None:
            self.read = self.read if usage.read is None else usage.read
            self.written = self.written if usage.output_tokens is None else usage.output_tokens
        if event.type == "message_stop":
            self.is_over = True
        if event.content_block is not None and event.content_block.type == "tool_use":
            self.calls[event.index] = (event.content_block.name or "", "")
        return "" if event.delta is None else self._add(event.index, event.delta)

    def _add(self, index: int, delta: _Delta) -> str:
        self.stopped = delta.stop_reason or self.stopped
        if delta.partial_json and index in self.calls:
            name, arguments = self.calls[index]
            self.calls[index] = (name, arguments + delta.partial_json)
        return (delta.text or "") if delta.type == "text_delta" else ""


@dataclass(frozen=True, slots=True)
class AnthropicMessages:
    endpoint: Endpoint
    left: Left

    writes_freely = True

    @property
    def model(self) -> str:
        return self.endpoint.model

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        ask, so_far = Ask(self.endpoint, self.left), _Reply()
        most = ask.tokens(messages, tools)
        try:
            for event in self._events(ask, messages, tools, most):
                text = so_far.take(event)
                if text:
                    yield TextDelta(storable(text))
        except anthropic.APIStatusError as error:
            raise ask.answered(_status(error), error.response.headers, error.body) from None
        except (anthropic.APIError, httpx2.TransportError, CairnError, ValueError) as error:
            raise ask.failed(error) from None
        yield from _ending(ask, so_far, messages, most)

    def _events(self, ask: Ask, messages: Sequence[Message], tools: Sequence[ToolSpec], most: int) -> Iterator[_Event]:
        key = self.endpoint.key
        body: dict[str, Any] = {
            "model": self.endpoint.model,
            "max_tokens": most,
            "messages": _turns(messages),
            "stream": True,
        }
        system = "\n\n".join(one.text for one in messages if one.role is Role.SYSTEM)
        if system:
            body["system"] = system
        if tools:
            body["tools"] = [
                {"name": one.name, "description": one.about, "input_schema": dict(one.parameters)} for one in tools
            ]
        with ask.client({"x-api-key": key} if key else {}) as http:
            client = anthropic.Anthropic(
                api_key=UNUSED_KEY, base_url=self.endpoint.url, http_client=http, max_retries=0, timeout=ask.timeout()
            )
            with client.messages.create(**body) as stream:
                for event in stream:
                    yield _Event.model_validate(event.to_dict(warnings=False))


def _status(error: anthropic.APIStatusError) -> int:
    """An error in the middle of a stream comes with the stream's 200."""
    if error.status_code != 200:
        return error.status_code
    inner = error.body.get("error") if isinstance(error.body, dict) else None
    kind = inner.get("type") if isinstance(inner, dict) else None
    return {"rate_limit_error": 429, "invalid_request_error": 400, "authentication_error": 401}.get(str(kind), 529)


def _ending(ask: Ask, so_far: _Reply, messages: Sequence[Message], most: int) -> Iterator[ReplyPart]:
    if not so_far.is_over:
        raise ModelFailed(f"the reply of {ask.endpoint.model} broke off")
    if so_far.stopped == "max_tokens":
        raise ask.cut(most)
    if so_far.stopped == "refusal":
        raise ModelRefused(f"model {ask.endpoint.model} refuses to answer")
    yield from numbered([so_far.calls[at] for at in sorted(so_far.calls)], messages)
    if so_far.read is not None and so_far.written is not None:
        yield TokensUsed(so_far.read, so_far.written)


def _turns(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Roles take turns there, and what tools told is the user's."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        blocks = [] if message.role is Role.SYSTEM else _blocks(message)
        if blocks and turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role is Role.TOOL:
        failed = "error" in json.loads(message.text)
        told = {"type": "tool_result", "tool_use_id": message.call_id, "content": message.text}
        return [told | ({"is_error": True} if failed else {})]
    said = [{"type": "text", "text": message.text}] if message.text.strip() else []
    return [*said, *(_use(one) for one in message.calls)]


def _use(call: ToolCall) -> dict[str, Any]:
    """An input has to be an object there, whatever the model wrote."""
    given = dict(call.arguments) if call.malformed is None else {"malformed": call.malformed}
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": given}
