"""Numbers by which the platform's API names tasks and projects: each tenant counts for itself, from 1.

A number is given once, whatever becomes of the row: what was deleted does not come back as something else. So the
newest one stands in a row of its own, which whoever takes the next holds until the transaction ends: numbers follow one
another as transactions do, and no two take the same. (A sequence of the database would be of all tenants, and tell each
how busy the others are; the highest number among the rows goes down when the newest is deleted.)

The row of a counter is taken after all rows of tasks and projects that the transaction holds, so that two never wait
for each other.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from orchestration.tasks.models import Project, Task


class Numbered(StrEnum):
    TASK = "task"
    PROJECT = "project"


_ADVANCE = text(
    "insert into counters (tenant_id, what, newest) values (:tenant_id, :what, :step) "
    "on conflict (tenant_id, what) do update set newest = counters.newest + :step returning newest"
)


def next_number(session: Session, tenant_id: str, what: Numbered) -> int:
    return int(session.scalar(_ADVANCE, {"tenant_id": tenant_id, "what": what.value, "step": 1}) or 0)


def hold_numbers(session: Session, tenant_id: str, what: Numbered) -> None:
    """Nobody else gets a number before this transaction has ended, and all that have one can be seen."""
    session.execute(_ADVANCE, {"tenant_id": tenant_id, "what": what.value, "step": 0})


def number_the_rest(session: Session) -> int:
    """What processes of the version before have added while this one replaced them. How many there were."""
    projects = select(Project).where(Project.number.is_(None)).order_by(Project.tenant_id, Project.id)
    tasks = select(Task).where(Task.number.is_(None)).order_by(Task.tenant_id, Task.id)
    unnumbered = session.scalars(projects.with_for_update(skip_locked=True)).all()
    rest = session.scalars(tasks.with_for_update(skip_locked=True)).all()
    for project in unnumbered:
        project.number = next_number(session, project.tenant_id, Numbered.PROJECT)
    for task in rest:
        task.number = next_number(session, task.tenant_id, Numbered.TASK)
    session.flush()
    return len(unnumbered) + len(rest)
