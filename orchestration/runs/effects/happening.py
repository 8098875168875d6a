"""Calls that change something, as they happen with their turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestration.runs.effects.types import Doing, Effect, Waits
from orchestration.runs.tools import FOR_THE_MODEL
from orchestration.runs.types import Called, ToolCall, ToolSpec, Turn
from orchestration.tasks.types import Json


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one call of a turn whose result comes later."""

    call_id: str
    what: Waits


@dataclass(frozen=True, slots=True)
class Effects:
    all: Sequence[Effect]

    @property
    def specs(self) -> Sequence[ToolSpec]:
        return [one.spec for one in self.all]

    def happen(self, doing: Doing, turn: Turn, tools: Sequence[str] | None) -> tuple[Turn, Waiting | None]:
        """The turn with what came of its calls. `tools` are those that the agent has now; None: all.

        A run waits for one thing at a time: a second call that would wait is not made, and told so."""
        called: list[Called] = []
        waiting: Waiting | None = None
        for one in turn.called:
            if one.result is not None:
                called.append(one)
                continue
            outcome = self._outcome(doing, one.call, tools, waiting)
            if isinstance(outcome, Waits):
                waiting = Waiting(one.call.id, outcome)
                called.append(one)
            else:
                called.append(Called(one.call, json.dumps(outcome, ensure_ascii=False)))
        return replace(turn, called=called), waiting

    def _outcome(
        self, doing: Doing, call: ToolCall, tools: Sequence[str] | None, waiting: Waiting | None
    ) -> Mapping[str, Json] | Waits:
        effect = next((one for one in self.all if one.spec.name == call.name), None)
        if effect is None or (tools is not None and call.name not in tools):
            return {"error": f"agent {doing.actor.id} may not use {call.name} any more"}
        if waiting is not None and effect.waits:
            return {"error": f"not done, since the run waits for {waiting.what.kind.value} already; call it again then"}
        try:
            with doing.session.begin_nested():
                return effect.happen(doing, call.arguments)
        except FOR_THE_MODEL as error:
            return {"error": error.message}
