"""What is over leaves nothing open: no question, and no run."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kit.db.database import Database
from orchestration.tasks import repository
from orchestration.tasks.errors import BlockerIsClosed
from orchestration.tasks.models import TaskRun
from orchestration.tasks.types import BlockerState, RunState, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def blocked(office: Office) -> tuple[str, str]:
    """A task, and what blocks it."""
    task = office.working()
    with office.database.write() as session:
        return task, office.desk.blockers.add(session, office.admin, task, "Which year?").id


def runs(office: Office, task: str) -> list[tuple[int, str]]:
    with office.database.read() as session:
        wanted = select(TaskRun).where(TaskRun.task_id == task).order_by(TaskRun.number)
        return [(run.number, run.state) for run in session.scalars(wanted)]


class TestATaskThatEndsWhileItIsBlocked:
    @pytest.mark.parametrize(
        ("ending", "state"),
        [(TaskStatus.FAILED, RunState.FAILED), (TaskStatus.CANCELLED, RunState.CANCELLED)],
    )
    def test_withdraws_its_questions_and_ends_its_run(
        self, office: Office, ending: TaskStatus, state: RunState
    ) -> None:
        task, blocker = blocked(office)
        assert runs(office, task) == [(1, RunState.WAITING)]
        office.move(task, ending)
        assert (runs(office, task), office.jobs(task)) == ([(1, state)], 0)
        with office.database.write() as session:
            (view,) = office.desk.blockers.list(session, office.admin, task)
            assert (view.state, view.resolved_at) == (BlockerState.WITHDRAWN, office.clock.now())
            with pytest.raises(BlockerIsClosed):
                office.desk.blockers.resolve(session, office.admin, task, blocker, "1994")

    def test_is_tried_again_in_a_new_run_that_may_ask_again(self, office: Office) -> None:
        task, _ = blocked(office)
        office.move(task, TaskStatus.FAILED)
        with office.database.write() as session:
            office.desk.tasks.retry(session, office.admin, task)
        assert (runs(office, task), office.jobs(task)) == ([(1, RunState.FAILED), (2, RunState.QUEUED)], 1)
        office.move(task, TaskStatus.IN_PROGRESS)
        with office.database.write() as session:
            again = office.desk.blockers.add(session, office.admin, task, "Which month?").id
            office.desk.blockers.resolve(session, office.admin, task, again, "May")
        with office.database.read() as session:
            row = repository.blockers(session, task)
            assert [one.state for one in row] == [BlockerState.WITHDRAWN, BlockerState.RESOLVED]
