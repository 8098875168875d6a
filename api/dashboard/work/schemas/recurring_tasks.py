"""Recurring tasks as the dashboard receives and shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self, TypeAlias

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, model_validator

from api.dashboard.work.schemas.people import ShownKind, is_absent
from api.fields import STORABLE, RequestBody, ResponseBody
from kit.schedules.types import Trigger
from orchestration.recurring.types import (
    NewRecurringTask,
    RecurringChange,
    RecurringView,
    Variable,
    VariableType,
)
from orchestration.tasks.types import ActorKind

_IDENTIFIER = r"^[!-~]{1,64}$"
_Text: TypeAlias = Annotated[str, Field(max_length=5000), STORABLE]
_Number: TypeAlias = (
    Annotated[StrictInt, Field(ge=-(10**15), le=10**15)] | Annotated[StrictFloat, Field(allow_inf_nan=False)]
)
_Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Values: TypeAlias = Annotated[dict[_Key, _Text | StrictBool | _Number | None], Field(max_length=50)]


class TaskVariable(RequestBody):
    key: _Key = Field(description="`{{key}}` in the prompt stands for its value")
    label: Annotated[str, Field(min_length=1, max_length=200), STORABLE]
    type: VariableType = VariableType.TEXT
    required: StrictBool = False

    def to_variable(self) -> Variable:
        return Variable(self.key, self.label, self.type, self.required)


class NewRecurring(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Weekly briefing",
                "inputPrompt": "What is new about {{topic}}?",
                "agentRole": "researcher",
                "periodicity": "cron",
                "trigger": "0 8 * * 1",
                "timeZone": "Europe/Berlin",
                "needsApproval": True,
                "variables": [{"key": "topic", "label": "Topic", "required": True}],
                "variableValues": {"topic": "ovens"},
            }
        }
    )

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    input_prompt: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE]
    type: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE] = "briefing"
    description: Annotated[str, Field(max_length=20_000), STORABLE] = ""
    agent_role: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(None, description="Or `assigneeId`")
    assignee_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = None
    campaign_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = None
    dataset_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = None
    periodicity: Trigger = Trigger.MANUAL
    trigger: Annotated[str, Field(max_length=200), STORABLE] | None = Field(
        None, description="A cron expression, with periodicity `cron`"
    )
    time_zone: Annotated[str, Field(max_length=64), STORABLE] = "UTC"
    needs_approval: StrictBool = False
    variables: Annotated[list[TaskVariable], Field(max_length=50)] = Field(default_factory=list)
    variable_values: Values = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_somebodys(self) -> Self:
        if (self.agent_role is None) == (self.assignee_id is None):
            raise ValueError("name either agentRole or assigneeId")
        return self

    def to_recurring(self) -> NewRecurringTask:
        return NewRecurringTask(
            name=self.name,
            kind=self.type,
            prompt=self.input_prompt,
            description=self.description,
            assignee_kind=ActorKind.HUMAN if self.agent_role is None else ActorKind.AGENT,
            assignee_id=self.agent_role or self.assignee_id or "",
            trigger=self.periodicity,
            cron=self.trigger,
            time_zone=self.time_zone,
            project_id=self.campaign_id,
            dataset_id=self.dataset_id,
            needs_review=self.needs_approval,
            variables=[one.to_variable() for one in self.variables],
            values=self.variable_values,
        )


class RecurringPatch(RequestBody):
    is_active: StrictBool | None = None
    variable_values: Values | None = Field(None, description="Replaces those that it names; null clears one")

    def to_change(self) -> RecurringChange:
        return RecurringChange(self.is_active, self.variable_values)


class ShownVariable(ResponseBody):
    key: str
    label: str
    type: VariableType
    required: bool


class Recurring(ResponseBody):
    model_config = ConfigDict(title="RecurringTask")

    id: str
    name: str
    description: str
    assignee_type: ShownKind
    agent_role: str | None
    periodicity: Trigger
    trigger: str = Field(description="The cron expression in effect, or `manual`")
    is_active: bool
    variables: list[ShownVariable]
    variable_values: Mapping[str, str | bool | int | float | None]
    next_run_at: datetime | None
    last_run_at: datetime | None
    assignee_name: str
    type: str
    input_prompt: str
    time_zone: str
    needs_approval: bool
    dataset_id: str | None = Field(None, exclude_if=is_absent)
    last_activity_id: str | None = Field(None, exclude_if=is_absent)

    @classmethod
    def of(cls, view: RecurringView) -> Recurring:
        is_agent = view.assignee.kind is ActorKind.AGENT
        return cls(
            id=view.id,
            name=view.name,
            description=view.description,
            assignee_type=ShownKind.AGENT if is_agent else ShownKind.HUMAN,
            agent_role=view.assignee.id if is_agent else None,
            periodicity=view.trigger,
            trigger=view.cron or "manual",
            is_active=view.is_active,
            variables=[
                ShownVariable(key=one.key, label=one.label, type=one.type, required=one.required)
                for one in view.variables
            ],
            variable_values=view.values,
            next_run_at=view.next_at,
            last_run_at=view.last_run_at,
            assignee_name=view.assignee.name,
            type=view.kind,
            input_prompt=view.prompt,
            time_zone=view.time_zone,
            needs_approval=view.needs_review,
            dataset_id=view.dataset_id,
            last_activity_id=view.last_task_id,
        )


class RecurringList(ResponseBody):
    data: list[Recurring]


class RecurringStarted(ResponseBody):
    activity_id: str
