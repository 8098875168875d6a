"""Activities as the dashboard receives them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from api.fields import STORABLE, RequestBody, ResponseBody
from orchestration.tasks.types import ActorKind, NewTask, Priority

_IDENTIFIER = r"^[!-~]{1,64}$"


class ShownPriority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class NewActivity(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Briefing on ovens",
                "inputPrompt": "Which ovens reach 300 degrees? Who made them?",
                "agentRole": "researcher",
                "needsApproval": True,
            }
        }
    )

    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE]
    input_prompt: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE] = Field(
        description="What is to be done: for an agent, what it is asked"
    )
    type: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE] = "briefing"
    description: Annotated[str, Field(max_length=20_000), STORABLE] = ""
    agent_role: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(
        None, description="The agent whose it is; it begins at once. Either this or `assigneeId`"
    )
    assignee_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(
        None, description="The person whose it is, by id as in the team's list"
    )
    campaign_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(None, description="Absent: General")
    parent_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(
        None, description="The activity of which this is a part"
    )
    dataset_id: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(
        None,
        description="The one dataset that it is about: the agent reads no other, and only who may see the dataset sees "
        "the activity. Absent: all datasets that are for the agent",
    )
    priority: ShownPriority = ShownPriority.MEDIUM
    needs_approval: bool = Field(False, strict=True, description="A person approves what the agent brings")

    @model_validator(mode="after")
    def _is_somebodys(self) -> Self:
        if (self.agent_role is None) == (self.assignee_id is None):
            raise ValueError("name either agentRole or assigneeId")
        return self

    def to_task(self) -> NewTask:
        return NewTask(
            title=self.title,
            kind=self.type,
            prompt=self.input_prompt,
            description=self.description,
            project_id=self.campaign_id,
            parent_id=self.parent_id,
            dataset_id=self.dataset_id,
            assignee_kind=ActorKind.HUMAN if self.agent_role is None else ActorKind.AGENT,
            assignee_id=self.agent_role or self.assignee_id,
            priority=Priority[self.priority.name],
            needs_review=self.needs_approval,
        )


class ActivityRetried(ResponseBody):
    activity_id: str
    run_id: str
