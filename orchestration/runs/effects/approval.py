"""Have a person decide before the work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from kit.clock import Clock
from orchestration.approvals.service import Approvals
from orchestration.approvals.types import PATIENCE, ApprovalType, Request, RiskLevel
from orchestration.runs.arguments import number_of, text_if_given, text_of, texts_of, word_of
from orchestration.runs.effects.types import Doing, Waits
from orchestration.runs.types import ToolSpec
from orchestration.tasks.types import Json, WaitKind

REQUEST_APPROVAL = "request_approval"

_HOURS = PATIENCE.total_seconds() / 3600
_MOST_HOURS = 24.0 * 90
_MOST_OPTIONS = 10
_TYPES = [one.value for one in ApprovalType]
_RISKS = [one.value for one in RiskLevel]


@dataclass(frozen=True, slots=True)
class ApprovalTool:
    """What is decided is the tool's result, also a refusal. Where nobody decides in time the task fails, as it does in
    every other place."""

    approvals: Approvals
    clock: Clock

    waits = True
    spec = ToolSpec(
        REQUEST_APPROVAL,
        "Have an administrator decide before you go on. The work waits for that, which may take days; a refusal "
        "comes with a note that says why",
        {
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What is to be decided, in a line"},
                "description": {"type": "string"},
                "options": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "One of these is chosen by whoever approves",
                },
                "type": {"type": "string", "enum": [*_TYPES]},
                "risk": {"type": "string", "enum": [*_RISKS]},
                "expires_in_hours": {"type": "number", "description": f"{_HOURS:g} unless said otherwise"},
            },
            "required": ["title"],
        },
    )

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Waits:
        hours = number_of(arguments, "expires_in_hours", least=0.1, most=_MOST_HOURS, default=_HOURS)
        kind = word_of(arguments, "type", _TYPES, default=ApprovalType.CONTENT_DIRECTION.value)
        risk = word_of(arguments, "risk", _RISKS, default=RiskLevel.MEDIUM.value)
        request = Request(
            tenant_id=doing.task.tenant_id,
            title=text_of(arguments, "title", longest=300),
            type=ApprovalType(kind),
            risk=RiskLevel(risk),
            description=text_if_given(arguments, "description", longest=10_000),
            options=texts_of(arguments, "options", most=_MOST_OPTIONS, longest=300),
            task_ids=[doing.task.id],
            dataset_id=doing.task.dataset_id,
            workspace_id=doing.task.workspace_id,
            expires_at=self.clock.now() + timedelta(hours=hours),
        )
        return Waits(WaitKind.APPROVAL, self.approvals.request(doing.session, request, doing.actor))
