"""Deleting a task for good: what goes with it, what stays, and who hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from identity.types import Role
from kit.errors import Forbidden, NotFound
from kit.jobs.errors import LeaseLost
from orchestration.agents.types import AdapterType
from orchestration.approvals.models import Approval
from orchestration.runs.removal import Removal
from orchestration.tasks.models import Artifact, Task, TaskEvent, TaskRun
from orchestration.tasks.run_models import RunTurn, RunWait
from orchestration.tasks.types import RunState, TaskStatus
from tests.unit.orchestration.runs.floor import Floor
from tests.unit.orchestration.runs.test_effects import APPROVAL, COMMENT, HANDOVER, asks, subtask


@pytest.fixture(autouse=True)
def colleagues(floor: Floor) -> None:
    """Another agent that is run here."""
    floor.office.configure("adros_cmo", AdapterType.EXTRACTIVE)
    floor.script.looks = 0


def delete(floor: Floor, task: str, role: Role = Role.ADMIN) -> None:
    office, desk = floor.office, floor.office.desk
    removal = Removal(names=desk.tasks.gate, moves=desk.moves, closer=desk.closer, clock=office.clock)
    with office.database.write() as session:
        removal.delete(session, office.person(role), task)


def count(floor: Floor, *tables: type) -> int:
    with floor.office.database.read() as session:
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


class TestDeleting:
    def test_leaves_nothing_of_it_and_all_of_the_others(self, floor: Floor) -> None:
        kept = asks(floor, COMMENT)
        before = count(floor, Task, TaskRun, RunTurn, TaskEvent, Artifact)
        task = asks(floor, COMMENT)
        assert count(floor, Task, TaskRun, RunTurn, TaskEvent, Artifact) > before
        delete(floor, task)
        assert count(floor, Task, TaskRun, RunTurn, TaskEvent, Artifact) == before
        assert floor.detail(kept).task.status is TaskStatus.DONE

    def test_takes_the_approval_that_was_about_nothing_else(self, floor: Floor) -> None:
        task = asks(floor, APPROVAL)
        assert count(floor, Approval, RunWait) == 2
        delete(floor, task)
        assert count(floor, Approval, RunWait) == 0

    def test_takes_its_subtasks_with_it(self, floor: Floor) -> None:
        task = asks(floor, HANDOVER)
        part = subtask(floor, task)
        delete(floor, task)
        assert (count(floor, Task, TaskRun, RunWait), floor.office.jobs(part)) == (0, 0)

    def test_of_a_subtask_tells_whoever_waited_for_it(self, floor: Floor) -> None:
        task = asks(floor, HANDOVER)
        part = subtask(floor, task)
        delete(floor, part)
        floor.works()
        assert floor.results() == {"c1.0": {"activityId": part, "status": "cancelled"}}
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_leaves_a_worker_in_the_middle_of_a_turn_nothing_to_write(self, floor: Floor) -> None:
        task = floor.office.task()
        floor.script.meanwhile[1] = lambda: delete(floor, task)
        with pytest.raises(LeaseLost):
            floor.works()
        assert count(floor, Task, TaskRun, RunTurn, TaskEvent, Artifact) == 0

    def test_is_for_administrators_of_the_tenant(self, floor: Floor) -> None:
        task = floor.office.task()
        for role in (Role.MEMBER, Role.REVIEWER):
            with pytest.raises(Forbidden):
                delete(floor, task, role)
        office, desk = floor.office, floor.office.desk
        removal = Removal(names=desk.tasks.gate, moves=desk.moves, closer=desk.closer, clock=office.clock)
        with office.database.write() as session:
            with pytest.raises(Forbidden, match="agents delete no tasks"):
                removal.delete(session, replace(office.admin, agent_role="researcher"), task)
            with pytest.raises(NotFound):
                removal.delete(session, office.person(Role.ADMIN, office.others), task)
        assert floor.detail(task).runs[0].state is RunState.QUEUED
