"""Models behind Anthropic's messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anthropic
from pydantic import BaseModel, Field

from orchestration.runs.adapters.asking import UNUSED_KEY, Ask, replied
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelRefused
from orchestration.runs.types import Left, Message, ReplyPart, Role, TokensUsed, ToolCall, ToolSpec


class _Usage(BaseModel):
    input_tokens: int | None = Field(None, ge=0)
    output_tokens: int | None = Field(None, ge=0)
    cache_creation_input_tokens: int | None = Field(None, ge=0)
    cache_read_input_tokens: int | None = Field(None, ge=0)

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
    """Implements Wire; a call's name and arguments by its place. Tokens that were not told are None."""

    endpoint: Endpoint
    read: int | None = None
    written: int | None = None
    stopped: str | None = None
    is_over: bool = False
    _calls: dict[int, tuple[str, str]] = field(default_factory=dict)

    failures = anthropic.APIError

    @property
    def calls(self) -> Sequence[tuple[str, str]]:
        return [self._calls[at] for at in sorted(self._calls)]

    @property
    def tokens(self) -> TokensUsed | None:
        return None if self.read is None or self.written is None else TokensUsed(self.read, self.written)

    def texts(self, ask: Ask, messages: Sequence[Message], tools: Sequence[ToolSpec], most: int) -> Iterator[str]:
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
                    yield self._take(_Event.model_validate(event.to_dict(warnings=False)))

    def refusal(self, error: Exception) -> tuple[int, Mapping[str, str], object] | None:
        if isinstance(error, anthropic.APIStatusError):
            return _status(error), error.response.headers, error.body
        return None

    def check(self, ask: Ask, most: int) -> None:
        if not self.is_over:
            raise ModelFailed(f"the reply of {self.endpoint.model} broke off")
        if self.stopped == "max_tokens":
            raise ask.cut(most)
        if self.stopped == "refusal":
            raise ModelRefused(f"model {self.endpoint.model} refuses to answer")

    def _take(self, event: _Event) -> str:
        """The text that it adds."""
        usage = event.usage or (None if event.message is None else event.message.usage)
        if usage is not None:
            self.read = self.read if usage.read is None else usage.read
            self.written = self.written if usage.output_tokens is None else usage.output_tokens
        if event.type == "message_stop":
            self.is_over = True
        if event.content_block is not None and event.content_block.type == "tool_use":
            self._calls[event.index] = (event.content_block.name or "", "")
        return "" if event.delta is None else self._add(event.index, event.delta)

    def _add(self, index: int, delta: _Delta) -> str:
        self.stopped = delta.stop_reason or self.stopped
        if delta.partial_json and index in self._calls:
            name, arguments = self._calls[index]
            self._calls[index] = (name, arguments + delta.partial_json)
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
        return replied(Ask(self.endpoint, self.left), _Reply(self.endpoint), messages, tools)


def _status(error: anthropic.APIStatusError) -> int:
    """An error in the middle of a stream comes with the stream's 200."""
    if error.status_code != 200:
        return error.status_code
    inner = error.body.get("error") if isinstance(error.body, dict) else None
    kind = inner.get("type") if isinstance(inner, dict) else None
    return {"rate_limit_error": 429, "invalid_request_error": 400, "authentication_error": 401}.get(str(kind), 529)


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
