"""An agent that is paused or stopped begins no run, and what it has in hand rests behind its turn."""

from __future__ import annotations

import pytest

from kit.jobs.types import JobState
from orchestration.agents.types import AdapterType, AgentState
from orchestration.tasks.types import RunState, TaskStatus
from tests.unit.orchestration.runs.floor import Floor


def put(floor: Floor, state: AgentState) -> None:
    floor.office.configure("researcher", AdapterType.EXTRACTIVE, state=state)


@pytest.mark.parametrize("state", [AgentState.PAUSED, AgentState.STOPPED])
class TestAnAgentThatIsNotStarted:
    def test_begins_no_run_that_waited_for_it_until_it_is_started(self, floor: Floor, state: AgentState) -> None:
        task = floor.office.task()
        put(floor, state)
        claim = floor.works()
        assert (floor.state(claim), floor.script.heard) == (JobState.DONE, [])
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.ASSIGNED, RunState.QUEUED)
        assert floor.handler.watch.tick() == 0
        put(floor, AgentState.STARTED)
        assert [floor.handler.watch.tick(), floor.handler.watch.tick()] == [1, 0]
        floor.works()
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_is_given_tasks_that_wait_as_rows(self, floor: Floor, state: AgentState) -> None:
        put(floor, state)
        task = floor.office.task()
        assert floor.office.jobs(task) == 0
        put(floor, AgentState.STARTED)
        assert floor.handler.watch.tick() == 1
        assert floor.office.jobs(task) == 1

    def test_ends_its_turn_and_goes_on_behind_it(self, floor: Floor, state: AgentState) -> None:
        task = floor.office.task()
        floor.script.meanwhile[1] = lambda: put(floor, state)
        claim = floor.works()
        assert (floor.turns(), floor.state(claim)) == ([1], JobState.QUEUED)
        for _ in range(3):
            floor.office.clock.advance(5)
            floor.works()
        assert len(floor.script.heard) == 1, "nothing is thought while it rests"
        assert floor.detail(task).runs[0].state is RunState.RUNNING
        put(floor, AgentState.STARTED)
        floor.office.clock.advance(5)
        floor.works()
        detail = floor.detail(task)
        assert (floor.turns(), detail.task.status, len(detail.runs)) == ([1, 2, 3], TaskStatus.DONE, 1)
        assert floor.look.seen == [1, 2], "what was done is not done again"

    def test_can_have_its_run_called_off(self, floor: Floor, state: AgentState) -> None:
        task = floor.office.task()
        floor.script.meanwhile[1] = lambda: put(floor, state)
        floor.works()
        with floor.office.database.write() as session:
            floor.office.desk.interventions.cancel(session, floor.office.admin, task)
        assert floor.office.jobs(task) == 0
        put(floor, AgentState.STARTED)
        assert floor.handler.watch.tick() == 0
        assert floor.detail(task).task.status is TaskStatus.CANCELLED
