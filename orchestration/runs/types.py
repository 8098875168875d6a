"""What a run and a model say to each other, and what bounds a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from orchestration.tasks.types import Json


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`id` is unique in its run. `malformed` is what came in place of arguments that are a JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Json]
    malformed: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`calls` are an assistant's. A tool's message answers the call `call_id`; its text is JSON. `is_earlier`: said
    before what is asked now, and answered then."""

    role: Role
    text: str
    calls: Sequence[ToolCall] = ()
    call_id: str | None = None
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """`parameters` is a JSON schema of the arguments."""

    name: str
    about: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class TokensUsed:
    """Of the reply so far; the last one counts. `is_estimated`: the server told none, and this is rather too much."""

    input: int
    output: int
    is_estimated: bool = False


ReplyPart: TypeAlias = TextDelta | ToolCall | TokensUsed


class ModelAdapter(Protocol):
    """Gives the next reply to a conversation. A reply that calls no tool is the answer. Where it tells no tokens, they
    are not known."""

    @property
    def model(self) -> str:
        """The name that is shown with a run."""

    @property
    def writes_freely(self) -> bool:
        """Whether what it says beside its quotes needs a citation too: a model's words, rather than Cairn's own."""

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        """Raises Unavailable where trying again later may help; another CairnError ends the run."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one run: turns, and seconds that they take together, however often its worker was killed in between. And what
    all runs of its task may cost."""

    turns: int
    seconds: float

    cost_usd: float | None = None

    def narrowed(self, turns: int | None, seconds: float | None, cost_usd: float | None) -> Bounds:
        """By what a tenant has set for an agent; nobody widens what the installation allows."""
        return Bounds(min(self.turns, turns or self.turns), min(self.seconds, seconds or self.seconds), cost_usd)


@dataclass(frozen=True, slots=True)
class Left:
    """What a run may still take. `usd` None: no bound."""

    seconds: float
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float

    def of(self, tokens: TokensUsed) -> float:
        return (tokens.input * self.input + tokens.output * self.output) / 1_000_000


@dataclass(frozen=True, slots=True)
class Called:
    """A tool's call with what came of it, as JSON. None: nothing yet."""

    call: ToolCall
    result: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply of the model with the calls that it led to. Without calls, its text is the answer."""

    text: str
    called: Sequence[Called] = ()
    tokens: TokensUsed = field(default=TokensUsed(0, 0))
    seconds: float = 0.0
    cost_usd: float | None = 0.0
    """None: not known. Estimated where its tokens are."""

    @property
    def is_answer(self) -> bool:
        return not self.called
