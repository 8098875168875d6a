"""What came of the times of schedules: read from the record of the times and from the tasks that they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from kit.errors import Invalid
from kit.pagination import Page, PageRequest, encode_cursor
from kit.schedules.models import Schedule, ScheduleRun
from kit.schedules.types import RunOutcome, RunTrigger
from orchestration.scheduled_prompts.types import PROMPT, PromptRunStatus, PromptRunView
from orchestration.tasks import repository
from orchestration.tasks.machine import OVER
from orchestration.tasks.models import Task
from orchestration.tasks.types import TaskStatus

_MISSED = "nobody was there to start it; a later time stands for it"
_CALLED_OFF = "it was called off"
_FAILED = "it failed"


def page_of(session: Session, prompt_id: str, page: PageRequest) -> Page[PromptRunView]:
    """Newest first: times that have ended, whatever came of them."""
    wanted = _ended(Schedule.subject == prompt_id).order_by(ScheduleRun.due_at.desc()).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(ScheduleRun.due_at < _moment(page.after))
    rows = session.execute(wanted).all()
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].ScheduleRun.due_at.isoformat()) if len(rows) > page.limit else None
    return Page([view for _, view in _views(session, shown)], cursor)


def newest_of(session: Session, prompt_ids: Sequence[str]) -> Mapping[str, PromptRunView]:
    """The newest of each that has ended; those without one are left out."""
    run, task = aliased(ScheduleRun), aliased(Task)
    newest = (
        select(run.due_at)
        .outerjoin(task, task.id == run.started)
        .where(run.schedule_id == Schedule.id, or_(run.outcome != RunOutcome.STARTED, task.status.in_(OVER)))
        .order_by(run.due_at.desc())
        .limit(1)
        .correlate(Schedule)
        .scalar_subquery()
    )
    wanted = _ended(and_(Schedule.subject.in_(prompt_ids), ScheduleRun.due_at == newest))
    return dict(_views(session, session.execute(wanted).all()))


def _ended(condition: ColumnElement[bool]) -> Select[str, ScheduleRun, Task]:
    return (
        select(Schedule.subject, ScheduleRun, Task)
        .join(ScheduleRun, ScheduleRun.schedule_id == Schedule.id)
        .outerjoin(Task, Task.id == ScheduleRun.started)
        .where(Schedule.kind == PROMPT, condition)
        .where(or_(ScheduleRun.outcome != RunOutcome.STARTED, Task.status.in_(OVER)))
    )


def _views(session: Session, rows: Sequence[Row[str, ScheduleRun, Task]]) -> Sequence[tuple[str, PromptRunView]]:
    """With the subject of each."""
    failed = [row.Task.id for row in rows if row.Task is not None and row.Task.status == TaskStatus.FAILED]
    errors = repository.last_errors(session, failed)
    return [(row.subject, _view(row.ScheduleRun, row.Task, errors)) for row in rows]


def _view(run: ScheduleRun, task: Task | None, errors: Mapping[str, str | None]) -> PromptRunView:
    status, detail = _unstarted(run) if task is None else _outcome(task, errors)
    return PromptRunView(
        due_at=run.due_at,
        trigger=RunTrigger(run.trigger),
        status=status,
        detail=detail,
        task_id=run.started,
        started_at=run.at,
        ended_at=run.at if task is None else task.completed_at or task.updated_at,
    )


def _unstarted(run: ScheduleRun) -> tuple[PromptRunStatus, str | None]:
    match run.outcome:
        case RunOutcome.BUSY:
            return PromptRunStatus.SKIPPED, run.detail
        case RunOutcome.COALESCED:
            return PromptRunStatus.SKIPPED, _MISSED
        case _:
            return PromptRunStatus.ERROR, run.detail


def _outcome(task: Task, errors: Mapping[str, str | None]) -> tuple[PromptRunStatus, str | None]:
    match task.status:
        case TaskStatus.DONE:
            return PromptRunStatus.SUCCESS, None
        case TaskStatus.CANCELLED:
            return PromptRunStatus.ERROR, _CALLED_OFF
        case _:
            return PromptRunStatus.ERROR, errors.get(task.id) or _FAILED


def _moment(after: str) -> datetime:
    try:
        moment = datetime.fromisoformat(after)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(f"cursor for {after[:60]!r} is not one that this API gave out; start again without a cursor")
    return moment
