"""Projects and tasks as the command center receives them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from api.command_center.envelope import Body, Record
from api.command_center.schemas.comments import assigned_to
from api.command_center.schemas.people import Identifier, LongText, TaskType, Title
from api.command_center.schemas.statuses import ShownPriority
from api.fields import STORABLE, Flag
from orchestration.tasks.types import NewTask, Priority, ProjectStatus, ProjectView


class NewProject(Body):
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    slug: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$")] | None = Field(
        None, description="Made of the name where it is left out"
    )


class ProjectRecord(Record):
    id: str
    slug: str
    name: str
    status: ProjectStatus
    task_count: int = Field(description="Tasks in it that are there for the caller")
    created_at: datetime

    @classmethod
    def of(cls, view: ProjectView) -> ProjectRecord:
        return cls(
            id=view.id, slug=view.slug, name=view.name, status=view.status, task_count=view.task_count,
            created_at=view.created_at,
        )  # fmt: skip


class ProjectList(Record):
    projects: list[ProjectRecord]


class NewTaskBody(Body):
    title: Title
    instructions: LongText
    task_type: TaskType = "task"
    description: Annotated[str, Field(max_length=20_000), STORABLE] = ""
    project_id: Identifier | None = Field(None, description="Absent: General")
    parent_task_id: Identifier | None = None
    dataset_id: Identifier | None = Field(
        None, description="The one dataset that it is about: who may not see that sees nothing of the task"
    )
    specialist: Identifier | None = Field(None, description="A runtime actor, such as `adros_research`")
    assignee_id: Identifier | None = Field(None, description="A person, by id as in the team's list")
    priority: ShownPriority = ShownPriority.MEDIUM
    needs_approval: Flag = Field(False, description="A person approves what the specialist brings")

    @model_validator(mode="after")
    def _is_of_one(self) -> Self:
        if self.specialist is not None and self.assignee_id is not None:
            raise ValueError("name either specialist or assignee_id")
        return self

    def to_task(self) -> NewTask:
        kind, who = assigned_to(self.specialist, self.assignee_id)
        return NewTask(
            title=self.title, kind=self.task_type, prompt=self.instructions, description=self.description,
            project_id=self.project_id, parent_id=self.parent_task_id, dataset_id=self.dataset_id, assignee_kind=kind,
            assignee_id=who, priority=Priority[self.priority.name], needs_review=self.needs_approval,
        )  # fmt: skip
