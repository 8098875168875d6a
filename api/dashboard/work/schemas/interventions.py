"""What people send who take a hand in an activity, and what it waits for them to say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.dashboard.work.schemas.people import Who, is_absent
from api.fields import STORABLE, RequestBody, ResponseBody
from orchestration.tasks.types import BlockerState, BlockerView

_Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE]


class Instructions(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"instructions": "Leave the ovens from before 1990 out."}})

    instructions: _Text | None = Field(
        None, description="An agent hears them before its next turn, and in every later run of the activity"
    )


class ActivityResumed(ResponseBody):
    activity_id: str
    run_id: str | None = Field(None, exclude_if=is_absent, description="Absent where it is a person's activity")


class NewBlocker(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "Which year is it about?"}})

    text: _Text = Field(description="What has to be said before the activity can go on")
    person_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")] | None = Field(
        None, description="Whom it is put to, by id as in the team's list. Absent: anybody"
    )


class Answer(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"answer": "1994."}})

    answer: _Text | None = Field(None, description="Who works on the activity hears it")


class ActivityBlocker(ResponseBody):
    id: str
    activity_id: str
    text: str
    status: BlockerState
    person: Who | None = Field(None, exclude_if=is_absent, description="Whom it is put to; absent: anybody")
    created_by: Who
    created_on: datetime
    answer: str | None = Field(None, exclude_if=is_absent)
    resolved_by: Who | None = Field(None, exclude_if=is_absent)
    resolved_at: datetime | None = Field(None, exclude_if=is_absent)

    @classmethod
    def of(cls, view: BlockerView) -> ActivityBlocker:
        return cls(
            id=view.id,
            activity_id=view.task_id,
            text=view.text,
            status=view.state,
            person=None if view.person is None else Who.of(view.person),
            created_by=Who.of(view.created_by),
            created_on=view.created_at,
            answer=view.answer,
            resolved_by=None if view.resolved_by is None else Who.of(view.resolved_by),
            resolved_at=view.resolved_at,
        )


class ActivityBlockers(ResponseBody):
    data: list[ActivityBlocker]
