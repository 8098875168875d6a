"""/api/changelog: what has been done, from completed tasks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.deps import Reader, RuntimeDep, public_address
from api.platform.changelog_feed import feed_of
from api.platform.envelope import Item, Many, Record, errors, many
from orchestration.tasks.changelog import ChangelogDay, ChangelogEntry, ChangelogQuery

router = APIRouter(prefix="/changelog", tags=["Platform: changelog"])

FEED_TYPE = "application/rss+xml"
_AgentFilter = Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$", description="Name of an agent")]


class ChangelogRecord(Record):
    id: int = Field(description="The task's number")
    task_id: int
    title: str
    summary: str = Field(description="The beginning of what the task brought")
    agent: str | None = Field(description="Who did it: an agent's name, or a person's")
    area: str = Field(description="The task's category")
    product: str
    date: date
    created_at: datetime = Field(description="When it was done")

    @classmethod
    def of(cls, entry: ChangelogEntry) -> ChangelogRecord:
        return cls(
            id=entry.number, task_id=entry.number, title=entry.title, summary=entry.summary, agent=entry.author,
            area=entry.area, product=entry.project_slug, date=entry.at.date(), created_at=entry.at,
        )  # fmt: skip


class ChangelogArea(Record):
    area: str
    count: int
    titles: list[str] = Field(description="Ten at most, newest first")


class ChangelogDayRecord(Record):
    date: date
    total: int
    summary: str = Field(description="For people")
    areas: list[ChangelogArea]

    @classmethod
    def of(cls, day: ChangelogDay) -> ChangelogDayRecord:
        areas = [ChangelogArea(area=one.area, count=one.count, titles=list(one.titles)) for one in day.areas]
        named = ", ".join(f"{one.count} {one.area}" for one in day.areas)
        tasks = "1 task" if day.total == 1 else f"{day.total} tasks"
        return cls(date=day.day, total=day.total, summary=f"{tasks} done: {named}", areas=areas)


@router.get(
    "", operation_id="platformChangelogList", summary="List changelog entries from completed tasks",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_entries(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    agent: _AgentFilter = None,
    task_id: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Number of the task")] = None,
) -> Many[ChangelogRecord]:
    """Newest first: tasks that are done and that the caller may see."""
    query = ChangelogQuery(agent=agent, number=task_id)
    with runtime.database.read() as session:
        found, total = runtime.teamwork.changelog.entries(session, principal, query, limit=limit, offset=offset)
    return many([ChangelogRecord.of(one) for one in found], limit=limit, offset=offset, total=total)


@router.get(
    "/summary", operation_id="platformChangelogSummary", summary="Aggregated changelog grouped by date and area",
    responses=errors(401, 403, 503),
)  # fmt: skip
def summarize(principal: Reader, runtime: RuntimeDep) -> Item[list[ChangelogDayRecord]]:
    """The last thirty days (UTC) on which something was done, newest first."""
    with runtime.database.read() as session:
        days = runtime.teamwork.changelog.days(session, principal)
    return Item(data=[ChangelogDayRecord.of(day) for day in days])


@router.get(
    "/feed", operation_id="platformChangelogFeed", summary="RSS 2.0 feed of changelog entries",
    response_class=Response,
    responses={
        **errors(400, 401, 403, 503),
        200: {"description": "RSS 2.0", "content": {FEED_TYPE: {"schema": {"type": "string"}}}},
    },
)  # fmt: skip
def feed(
    request: Request,
    principal: Reader,
    runtime: RuntimeDep,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    agent: _AgentFilter = None,
    product: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="Its slug")] = None,
) -> Response:
    """For a reader that sends a key."""
    query = ChangelogQuery(agent=agent, project_slug=product)
    with runtime.database.read() as session:
        found, _ = runtime.teamwork.changelog.entries(session, principal, query, limit=limit, offset=0)
    return Response(feed_of(found, address=public_address(runtime, request)), media_type=FEED_TYPE)
