"""Say something about the task that is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.runs.arguments import text_of
from orchestration.runs.effects.types import Doing
from orchestration.runs.types import ToolSpec
from orchestration.tasks.comments import Comments
from orchestration.tasks.types import CommentKind, Json

COMMENT = "comment"
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class CommentTool:
    comments: Comments

    waits = False
    spec = ToolSpec(
        COMMENT,
        "Leave a comment on the task for people to read; @agent:role and @human:userId name those whom it is for",
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    )

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        text = text_of(arguments, "text", longest=_LONGEST)
        view = self.comments.put(doing.session, doing.task, doing.actor, text, CommentKind.COMMENT)
        return {"commentId": view.id}
