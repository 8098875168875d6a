"""Models behind the chat completions of OpenAI, which Ollama, vLLM, llama.cpp and most others speak too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai
from pydantic import BaseModel

from kit.errors import CairnError
from orchestration.runs.adapters.asking import UNUSED_KEY, Ask
from orchestration.runs.adapters.calls import numbered, raw_arguments, storable
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelRefused
from orchestration.runs.types import Left, Message, ReplyPart, TextDelta, TokensUsed, ToolSpec

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
    prompt_tokens: int
    completion_tokens: int


class _Chunk(BaseModel):
    """What is read of a chunk. The library takes whatever comes for what should have come; this does not."""

    choices: list[_Choice]
    usage: _Usage | None = None


@dataclass(slots=True)
class _Reply:
    """What has come so far: the calls' names and arguments, by their place."""

    calls: dict[int, tuple[str, str]] = field(default_factory=dict)
    tokens: TokensUsed | None = None
    ended: str | None = None

    def take(self, chunk: _Chunk) -> str:
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
            at = len(self.calls) if function.name else max(self.calls, default=0)
        name, arguments = self.calls.get(at, ("", ""))
        self.calls[at] = (name + (function.name or ""), arguments + (function.arguments or ""))


@dataclass(frozen=True, slots=True)
class OpenAiChat:
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
            for chunk in self._chunks(ask, messages, tools, most):
                text = so_far.take(chunk)
                if text:
                    yield TextDelta(storable(text))
        except openai.APIStatusError as error:
            raise ask.answered(error.status_code, error.response.headers, error.body) from None
        except (openai.APIError, httpx2.TransportError, CairnError, ValueError) as error:
            raise ask.failed(error) from None
        yield from _ending(ask, so_far, messages, most)

    def _chunks(self, ask: Ask, messages: Sequence[Message], tools: Sequence[ToolSpec], most: int) -> Iterator[_Chunk]:
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
                    yield _Chunk.model_validate(chunk.to_dict(warnings=False))


def _ending(ask: Ask, so_far: _Reply, messages: Sequence[Message], most: int) -> Iterator[ReplyPart]:
    if so_far.ended is None:
        raise ModelFailed(f"the reply of {ask.endpoint.model} broke off")
    if so_far.ended == "length":
        raise ask.cut(most)
    if so_far.ended == "content_filter":
        raise ModelRefused(f"the server of model {ask.endpoint.model} withheld the reply (content_filter)")
    yield from numbered([so_far.calls[at] for at in sorted(so_far.calls)], messages)
    if so_far.tokens is not None:
        yield so_far.tokens


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
