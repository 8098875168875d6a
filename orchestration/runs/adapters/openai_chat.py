"""Models behind the chat completions of OpenAI, which Ollama, vLLM, llama.cpp and most others speak too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openai
from pydantic import BaseModel, Field

from orchestration.runs.adapters.asking import UNUSED_KEY, Ask, replied
from orchestration.runs.adapters.calls import raw_arguments
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelRefused
from orchestration.runs.types import Left, Message, ReplyPart, TokensUsed, ToolSpec

_OFFICIAL = "api.openai.com"


class _Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _CallDelta(BaseModel):
    index: int | None = None
    function: _Function | None = None


class _Delta(BaseModel):
    content: str | None = None
    tool_calls: list[_CallDelta] | None = None


class _Choice(BaseModel):
    delta: _Delta
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Chunk(BaseModel):
    """What is read of a chunk. The library takes whatever comes for what should have come; this does not."""

    choices: list[_Choice]
    usage: _Usage | None = None


@dataclass(slots=True)
class _Reply:
    """Implements Wire; a call's name and arguments by its place."""

    endpoint: Endpoint
    tokens: TokensUsed | None = None
    ended: str | None = None
    _calls: dict[int, tuple[str, str]] = field(default_factory=dict)

    failures = openai.APIError

    @property
    def calls(self) -> Sequence[tuple[str, str]]:
        return [self._calls[at] for at in sorted(self._calls)]

    def texts(self, ask: Ask, messages: Sequence[Message], tools: Sequence[ToolSpec], most: int) -> Iterator[str]:
        key = self.endpoint.key
        body: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": [_message(one) for one in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            # OpenAI's newer models take the one alone, many other servers the other
            "max_completion_tokens" if self.endpoint.host == _OFFICIAL else "max_tokens": most,
        }
        if tools:
            body["tools"] = [_tool(one) for one in tools]
        with ask.client({"Authorization": f"Bearer {key}"} if key else {}) as http:
            client = openai.OpenAI(
                api_key=UNUSED_KEY, base_url=self.endpoint.url, http_client=http, max_retries=0, timeout=ask.timeout()
            )
            with client.chat.completions.create(**body) as stream:
                for chunk in stream:
                    yield self._take(_Chunk.model_validate(chunk.to_dict(warnings=False)))

    def refusal(self, error: Exception) -> tuple[int, Mapping[str, str], object] | None:
        if isinstance(error, openai.APIStatusError):
            return error.status_code, error.response.headers, error.body
        return None

    def check(self, ask: Ask, most: int) -> None:
        if self.ended is None:
            raise ModelFailed(f"the reply of {self.endpoint.model} broke off")
        if self.ended == "length":
            raise ask.cut(most)
        if self.ended == "content_filter":
            raise ModelRefused(f"the server of model {self.endpoint.model} withheld the reply (content_filter)")

    def _take(self, chunk: _Chunk) -> str:
        """The text that it adds."""
        if chunk.usage is not None:
            self.tokens = TokensUsed(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.ended = choice.finish_reason or self.ended
        for one in choice.delta.tool_calls or ():
            self._add(one)
        return choice.delta.content or ""

    def _add(self, delta: _CallDelta) -> None:
        """Servers that send a call whole may leave its index out."""
        function = delta.function or _Function()
        at = delta.index
        if at is None:
            at = len(self._calls) if function.name else max(self._calls, default=0)
        name, arguments = self._calls.get(at, ("", ""))
        self._calls[at] = (name + (function.name or ""), arguments + (function.arguments or ""))


@dataclass(frozen=True, slots=True)
class OpenAiChat:
    endpoint: Endpoint
    left: Left

    writes_freely = True

    @property
    def model(self) -> str:
        return self.endpoint.model

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        return replied(Ask(self.endpoint, self.left), _Reply(self.endpoint), messages, tools)


def _message(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role.value, "content": message.text}
    if message.calls:
        said["tool_calls"] = [
            {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": raw_arguments(one)}}
            for one in message.calls
        ]
    if message.call_id is not None:
        said["tool_call_id"] = message.call_id
    return said


def _tool(tool: ToolSpec) -> dict[str, Any]:
    about = {"name": tool.name, "description": tool.about, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": about}
