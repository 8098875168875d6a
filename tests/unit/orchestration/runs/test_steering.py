"""Putting a task's status where somebody says that it is: by the ways of the table, and by whose task it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from identity.types import Principal, Role
from kit.db.database import Database
from kit.errors import Conflict, Forbidden, NotFound, Unprocessable
from orchestration.agents.errors import AgentIsAtRest
from orchestration.agents.types import AdapterType, AgentState
from orchestration.runs.steering import BLOCKED_BY_HAND, CannotBeGivenAway, RunSaysItself, Steering
from orchestration.tasks.errors import TaskCannotBecome, UnknownAssignee
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Project, Task
from orchestration.tasks.types import (
    ActorKind,
    BlockerState,
    Priority,
    ProjectStatus,
    RunState,
    TaskChange,
    TaskDetail,
    TaskStatus,
)
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

ELSEWHERE = "adros_deployer"
PUT = (
    TaskStatus.CREATED, TaskStatus.IN_PROGRESS, TaskStatus.AWAITING_REVIEW, TaskStatus.DONE, TaskStatus.BLOCKED,
    TaskStatus.CANCELLED,
)  # fmt: skip
"""What a task can be put to."""

WAYS = [
    (before, wanted)
    for before in ((), (TaskStatus.IN_PROGRESS,), (TaskStatus.BLOCKED,))
    for wanted in PUT
    if wanted not in before and (before or wanted is not TaskStatus.CREATED)
]
"""By what it was put to before; without that it is to be worked on already."""


class Wheel:
    """An office in which tasks are steered, of an agent that nothing here runs."""

    def __init__(self, office: Office) -> None:
        self.office, desk = office, office.desk
        self.steering = Steering(
            names=desk.tasks.gate, tasks=desk.tasks, moves=desk.moves, blockers=desk.blockers,
            interventions=desk.interventions, clock=office.clock,
        )  # fmt: skip

    def task(self, **fields: object) -> str:
        return self.office.task(**{"assignee_id": ELSEWHERE} | fields)

    def put(self, task: str, *statuses: TaskStatus, by: Principal | None = None) -> None:
        for status in statuses:
            with self.office.database.write() as session:
                self.steering.put(session, by or self.office.admin, task, status)

    def assign(self, task: str, kind: ActorKind, who: str, by: Principal | None = None) -> None:
        with self.office.database.write() as session:
            self.steering.assign(session, by or self.office.admin, task, kind, who)

    def change(self, task: str, change: TaskChange, by: Principal | None = None) -> None:
        with self.office.database.write() as session:
            self.steering.change(session, by or self.office.admin, task, change)

    def detail(self, task: str) -> TaskDetail:
        with self.office.database.read() as session:
            return self.office.desk.tasks.detail(session, self.office.admin, task)

    def status(self, task: str) -> TaskStatus:
        return self.detail(task).task.status

    def runs(self, task: str) -> Sequence[RunState]:
        return [one.state for one in self.detail(task).runs]

    def lines(self, task: str, type_: str) -> int:
        with self.office.database.read() as session:
            timeline = self.office.desk.tasks.timeline(session, self.office.admin, task)
        return sum(one.type == type_ for one in timeline)


@pytest.fixture
def wheel(any_database: Database, clock: FrozenClock) -> Wheel:
    return Wheel(Office(any_database, clock))


class TestPutting:
    @pytest.mark.parametrize(("before", "wanted"), WAYS)
    def test_goes_wherever_it_is_said_to_be(
        self, wheel: Wheel, before: Sequence[TaskStatus], wanted: TaskStatus
    ) -> None:
        task = wheel.task()
        wheel.put(task, *before, wanted)
        shown = TaskStatus.ASSIGNED if wanted is TaskStatus.CREATED else wanted
        assert wheel.status(task) is shown
        open_runs = [one for one in wheel.runs(task) if one in {RunState.QUEUED, RunState.RUNNING, RunState.WAITING}]
        assert len(open_runs) == (0 if wanted in ENDED | {TaskStatus.AWAITING_REVIEW} else 1)
        assert wheel.office.jobs(task) == 0, "nothing here runs the agent"

    @pytest.mark.parametrize("end", sorted(ENDED))
    @pytest.mark.parametrize("wanted", PUT)
    def test_leaves_what_is_over(self, wheel: Wheel, end: TaskStatus, wanted: TaskStatus) -> None:
        task = wheel.task()
        wheel.put(task, end)
        with pytest.raises(TaskCannotBecome):
            wheel.put(task, wanted)
        assert wheel.status(task) is end

    def test_to_blocked_asks_what_has_changed_and_later_asks_nobody_any_more(self, wheel: Wheel) -> None:
        task = wheel.task()
        wheel.put(task, TaskStatus.BLOCKED)
        with wheel.office.database.read() as session:
            (asked,) = wheel.office.desk.blockers.list(session, wheel.office.admin, task)
        assert (asked.text, asked.state) == (BLOCKED_BY_HAND, BlockerState.OPEN)
        wheel.put(task, TaskStatus.IN_PROGRESS)
        with wheel.office.database.read() as session:
            (asked,) = wheel.office.desk.blockers.list(session, wheel.office.admin, task)
        assert asked.state is BlockerState.RESOLVED

    def test_tells_each_step_in_the_timeline(self, wheel: Wheel) -> None:
        task = wheel.task()
        before = wheel.lines(task, "status_changed")
        wheel.put(task, TaskStatus.DONE)
        assert wheel.lines(task, "status_changed") == before + 2  # in progress, done

    def test_leaves_an_agent_that_is_run_here_to_say_it_itself(self, wheel: Wheel) -> None:
        task = wheel.office.task()
        for wanted in (TaskStatus.IN_PROGRESS, TaskStatus.AWAITING_REVIEW, TaskStatus.DONE):
            with pytest.raises(RunSaysItself, match="researcher"):
                wheel.put(task, wanted)
        wheel.put(task, TaskStatus.CANCELLED)
        assert (wheel.status(task), wheel.office.jobs(task)) == (TaskStatus.CANCELLED, 0)

    def test_to_done_needs_a_reviewer_where_it_is_reviewed(self, wheel: Wheel) -> None:
        agent = wheel.office.agent(ELSEWHERE)
        for task in (wheel.task(needs_review=True), wheel.task()):
            wheel.put(task, TaskStatus.AWAITING_REVIEW, by=agent)
            for who in (agent, wheel.office.person(Role.MEMBER)):
                with pytest.raises(Forbidden):
                    wheel.put(task, TaskStatus.DONE, by=who)
            wheel.put(task, TaskStatus.DONE)
            assert wheel.status(task) is TaskStatus.DONE

    def test_does_not_go_on_in_a_campaign_that_rests(self, wheel: Wheel) -> None:
        task = wheel.task()
        wheel.office.move(task, TaskStatus.PAUSED)
        with wheel.office.database.write() as session:
            session.get_one(Project, session.get_one(Task, task).project_id).status = ProjectStatus.PAUSED
        with pytest.raises(Unprocessable, match="campaign"):
            wheel.put(task, TaskStatus.IN_PROGRESS)

    def test_leaves_what_people_have_halted_to_people(self, wheel: Wheel) -> None:
        agent = wheel.office.agent(ELSEWHERE)
        blocked, paused = wheel.task(), wheel.task()
        wheel.put(blocked, TaskStatus.BLOCKED)
        wheel.office.move(paused, TaskStatus.PAUSED)
        for task in (blocked, paused):
            with pytest.raises(Forbidden, match="people"):
                wheel.put(task, TaskStatus.IN_PROGRESS, by=agent)


class TestWhoseTaskItIs:
    def test_is_the_administrators_the_makers_and_the_assignees(self, wheel: Wheel) -> None:
        office, task = wheel.office, wheel.task()
        for who in (office.person(Role.MEMBER), office.person(Role.REVIEWER)):
            with pytest.raises(Forbidden):
                wheel.put(task, TaskStatus.IN_PROGRESS, by=who)
            with pytest.raises(Forbidden):
                wheel.change(task, TaskChange(title="Mine"), by=who)
            with pytest.raises(Forbidden):
                wheel.assign(task, ActorKind.AGENT, "adros_cd", by=who)
        wheel.put(task, TaskStatus.IN_PROGRESS, by=office.agent(ELSEWHERE))
        assert wheel.status(task) is TaskStatus.IN_PROGRESS

    def test_is_not_there_for_others(self, wheel: Wheel) -> None:
        task = wheel.task()
        for who in (wheel.office.agent("adros_cd"), wheel.office.person(Role.ADMIN, wheel.office.others)):
            with pytest.raises(NotFound):
                wheel.put(task, TaskStatus.CANCELLED, by=who)

    def test_is_called_off_by_no_agent(self, wheel: Wheel) -> None:
        with pytest.raises(Forbidden):
            wheel.put(wheel.task(), TaskStatus.CANCELLED, by=wheel.office.agent(ELSEWHERE))


@pytest.mark.parametrize("state", [AgentState.PAUSED, AgentState.STOPPED])
class TestAnAgentElsewhereThatIsNotStarted:
    def test_begins_nothing_and_is_told_so(self, wheel: Wheel, state: AgentState) -> None:
        office, agent, task = wheel.office, wheel.office.agent(ELSEWHERE), wheel.task()
        office.configure(ELSEWHERE, AdapterType.OUTSIDE, state=state)
        for wanted in (TaskStatus.IN_PROGRESS, TaskStatus.AWAITING_REVIEW, TaskStatus.DONE):
            with pytest.raises(AgentIsAtRest, match=f"{ELSEWHERE}' is {state} and takes no new work"):
                wheel.put(task, wanted, by=agent)
        assert (wheel.status(task), wheel.runs(task)) == (TaskStatus.ASSIGNED, [RunState.QUEUED])
        office.configure(ELSEWHERE, AdapterType.OUTSIDE, state=AgentState.STARTED)
        wheel.put(task, TaskStatus.IN_PROGRESS, by=agent)

    def test_ends_what_it_has_in_hand(self, wheel: Wheel, state: AgentState) -> None:
        agent, task = wheel.office.agent(ELSEWHERE), wheel.task()
        wheel.put(task, TaskStatus.IN_PROGRESS, by=agent)
        wheel.office.configure(ELSEWHERE, AdapterType.OUTSIDE, state=state)
        wheel.put(task, TaskStatus.DONE, by=agent)
        assert wheel.status(task) is TaskStatus.DONE

    def test_is_no_matter_where_people_say_how_far_it_is(self, wheel: Wheel, state: AgentState) -> None:
        task = wheel.task()
        wheel.office.configure(ELSEWHERE, AdapterType.OUTSIDE, state=state)
        wheel.put(task, TaskStatus.IN_PROGRESS)
        assert wheel.status(task) is TaskStatus.IN_PROGRESS


class TestGivingAway:
    def test_has_the_other_one_begin_anew(self, wheel: Wheel) -> None:
        task = wheel.task()
        wheel.put(task, TaskStatus.IN_PROGRESS)
        wheel.assign(task, ActorKind.AGENT, "researcher")
        assert wheel.runs(task) == [RunState.CANCELLED, RunState.QUEUED]
        assert (wheel.status(task), wheel.office.jobs(task)) == (TaskStatus.ASSIGNED, 1)
        wheel.assign(task, ActorKind.HUMAN, wheel.office.people.member)
        assert wheel.runs(task) == [RunState.CANCELLED, RunState.CANCELLED]
        assert (wheel.status(task), wheel.office.jobs(task)) == (TaskStatus.ASSIGNED, 0)

    def test_to_whom_it_is_assigned_changes_nothing(self, wheel: Wheel) -> None:
        task = wheel.task()
        wheel.put(task, TaskStatus.IN_PROGRESS)
        wheel.assign(task, ActorKind.AGENT, ELSEWHERE)
        assert (wheel.status(task), wheel.runs(task)) == (TaskStatus.IN_PROGRESS, [RunState.RUNNING])

    def test_is_not_for_what_waits_or_is_over(self, wheel: Wheel) -> None:
        for status in (TaskStatus.BLOCKED, TaskStatus.AWAITING_REVIEW, TaskStatus.DONE, TaskStatus.CANCELLED):
            task = wheel.task()
            wheel.put(task, status)
            with pytest.raises(CannotBeGivenAway):
                wheel.assign(task, ActorKind.AGENT, "researcher")

    def test_is_to_somebody_who_could_do_it(self, wheel: Wheel) -> None:
        with pytest.raises(UnknownAssignee):
            wheel.assign(wheel.task(), ActorKind.AGENT, "nobody")


class TestChanging:
    def test_leaves_out_what_is_not_said(self, wheel: Wheel) -> None:
        task = wheel.task(description="It loops.", priority=Priority.HIGH)
        wheel.change(task, TaskChange(title="Fix", max_duration_seconds=9))
        found = wheel.detail(task).task
        assert (found.title, found.max_duration_seconds) == ("Fix", 9)
        assert (found.description, found.priority) == ("It loops.", Priority.HIGH)
        assert wheel.lines(task, "changed") == 1

    def test_to_what_it_says_already_is_no_change(self, wheel: Wheel) -> None:
        task = wheel.task()
        wheel.change(task, TaskChange(title="Brief"))
        wheel.change(task, TaskChange())
        assert wheel.lines(task, "changed") == 0


def test_refusals_are_conflicts() -> None:
    assert all(issubclass(one, Conflict) for one in (RunSaysItself, CannotBeGivenAway, AgentIsAtRest))
