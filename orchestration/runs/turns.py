"""One turn: what a model replies, the tools that it calls, and an answer's citations held against the knowledge."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from identity.audit.acts import Act, acting
from identity.audit.reads import ReadLog
from identity.audit.trail import Deed
from identity.types import Principal
from kit.clock import Clock
from kit.errors import CairnError
from orchestration.runs.adapters.choosing import Chosen
from orchestration.runs.citations import Checked, checked
from orchestration.runs.claims import marked
from orchestration.runs.tools import Toolbox
from orchestration.runs.types import Called, Message, TextDelta, TokensUsed, ToolCall, Turn
from retrieval.search.citing import Citations

MOST_CALLS = 32
"""Of one reply. The built-in adapter makes 18 at most; a model that makes more has lost its way, and each is a row's
part and a search's cost."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a turn begins with. `reader` is in whose name the tools look, `act` who is recorded as having read. `tools`
    None: all that there are."""

    reader: Principal
    act: Act
    messages: Sequence[Message]
    tools: Sequence[str] | None
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Turns:
    """Models and tools are asked outside of any transaction. What is read goes into the audit trail, as what anybody
    reads does."""

    toolbox: Toolbox
    citations: Citations
    reads: ReadLog
    clock: Clock

    def take(
        self, brief: Brief, *, hear: Callable[[str], None], wasted: Callable[[TokensUsed, float | None], None]
    ) -> tuple[Turn, Checked | None]:
        """The turn, and the answer where it is one. `hear` is told what the model says while it says it, unchecked;
        `wasted` what a reply has used that went wrong, with its cost. Raises CairnErrors."""
        began = self.clock.now()
        self.reads.check()
        with acting(brief.act) as act:
            toolbox = self.toolbox.only(brief.tools)
            text, calls, tokens = _reply(brief, toolbox, hear, wasted)
            called = [Called(call, toolbox.call(brief.reader, call)) for call in calls[:MOST_CALLS]]
            called += [Called(call, _too_many(len(calls))) for call in calls[MOST_CALLS : MOST_CALLS + 1]]
            answer = None if called else self._checked(brief, text)
        ended = self.clock.now()
        self.reads.put(
            [Deed(act, ended, "read", one.entity_type, one.entity_id, {**one.metadata}) for one in act.notes]
        )
        used = tokens or TokensUsed(0, 0)
        return Turn(text, called, used, (ended - began).total_seconds(), _cost(brief.chosen, tokens)), answer

    def _checked(self, brief: Brief, text: str) -> Checked:
        answer = checked(self.citations, brief.reader, text)
        return marked(answer) if brief.chosen.adapter.writes_freely else answer


def _reply(
    brief: Brief,
    toolbox: Toolbox,
    hear: Callable[[str], None],
    wasted: Callable[[TokensUsed, float | None], None],
) -> tuple[str, Sequence[ToolCall], TokensUsed | None]:
    said, calls, tokens = list[str](), list[ToolCall](), None
    try:
        for part in brief.chosen.adapter.reply(brief.messages, toolbox.specs):
            match part:
                case TextDelta(delta):
                    said.append(delta.replace("\x00", "\ufffd"))  # PostgreSQL keeps no NUL
                    hear(said[-1])
                case ToolCall():
                    calls.append(part)
                case TokensUsed():
                    tokens = part
    except CairnError:
        if tokens is not None:
            wasted(tokens, _cost(brief.chosen, tokens))
        raise
    return "".join(said), calls, tokens


def _cost(chosen: Chosen, tokens: TokensUsed | None) -> float | None:
    """US dollars; None where the model's price or what it has used is not known."""
    return None if tokens is None or chosen.price is None else chosen.price.of(tokens)


def _too_many(asked: int) -> str:
    """For the first of the calls that are not made; the model is not shown the others again."""
    error = f"a reply may make {MOST_CALLS} calls, and made {asked}: those from this one on were not made"
    return json.dumps({"error": error})
