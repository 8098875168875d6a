"""Ask a person, and wait for the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.runs.arguments import text_if_given, text_of
from orchestration.runs.effects.types import Doing, Waits
from orchestration.runs.types import ToolSpec
from orchestration.tasks.blockers import Blockers
from orchestration.tasks.types import Json, WaitKind

ASK_PERSON = "ask_person"
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class QuestionTool:
    """The question is a blocker of the task: whoever resolves it answers."""

    blockers: Blockers

    waits = True
    spec = ToolSpec(
        ASK_PERSON,
        "Ask a person for what you cannot go on without and the knowledge base cannot tell. The work waits until "
        "somebody answers, which may take days",
        {
            "type": "object",
            "properties": {
                "question": {"type": "string"},
                "person_id": {"type": "string", "description": "Whom it is put to, where that matters"},
            },
            "required": ["question"],
        },
    )

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Waits:
        question = text_of(arguments, "question", longest=_LONGEST)
        person = text_if_given(arguments, "person_id", longest=64)
        row = self.blockers.put(doing.session, doing.task, question, doing.actor, person_id=person)
        return Waits(WaitKind.QUESTION, row.id)
