"""People who take a hand in a run: it is halted, goes on, is called off, or waits for an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from identity.types import Principal, Role
from kit.errors import Conflict, Forbidden, Invalid, NotFound, Unprocessable
from kit.jobs.errors import LeaseLost
from kit.jobs.types import JobState
from orchestration.approvals.types import ApprovalStatus
from orchestration.runs.interventions import Interventions
from orchestration.runs.types import Role as Speaker
from orchestration.tasks.blockers import Blockers
from orchestration.tasks.models import Project
from orchestration.tasks.types import ActorKind, BlockerState, RunState, TaskStatus
from tests.unit.orchestration.runs.floor import Floor


def hands(floor: Floor) -> Interventions:
    return floor.office.desk.interventions


def does(floor: Floor, act: Callable[[Session], object]) -> object:
    with floor.office.database.write() as session:
        return act(session)


def pause(floor: Floor, task: str, by: Principal | None = None) -> None:
    does(floor, lambda session: hands(floor).pause(session, by or floor.office.admin, task))


def resume(floor: Floor, task: str, instructions: str | None = None) -> None:
    does(floor, lambda session: hands(floor).resume(session, floor.office.admin, task, instructions))


def cancel(floor: Floor, task: str) -> None:
    does(floor, lambda session: hands(floor).cancel(session, floor.office.admin, task))


def block(floor: Floor, task: str, text: str = "Which year?") -> str:
    desk = floor.office.desk
    found: list[str] = []
    does(floor, lambda session: found.append(desk.blockers.add(session, floor.office.admin, task, text).id))
    return found[0]


def answer(floor: Floor, task: str, blocker: str, text: str | None = "1994", by: Principal | None = None) -> None:
    blockers: Blockers = floor.office.desk.blockers
    does(floor, lambda session: blockers.resolve(session, by or floor.office.admin, task, blocker, text))


def heard(floor: Floor) -> list[str]:
    """What people said, as the script heard it before its last turn."""
    return [message.text for message in floor.script.heard[-1] if message.role is Speaker.USER]


class TestWhoMayTakeAHand:
    def test_is_who_made_the_task_and_who_may_manage(self, floor: Floor) -> None:
        office, member = floor.office, floor.office.person(Role.MEMBER)
        task = office.task()
        with pytest.raises(Forbidden, match="for administrators"):
            pause(floor, task, member)
        with pytest.raises(Forbidden, match="knowledge:write"):
            pause(floor, task, office.person(Role.REVIEWER))
        with pytest.raises(Forbidden, match="for administrators"):
            pause(floor, task, office.agent("researcher"))
        with pytest.raises(NotFound):
            pause(floor, task, office.person(Role.ADMIN, office.others))
        pause(floor, task)


class TestPausing:
    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_takes_effect_within_the_turn_and_keeps_those_before_it(self, floor: Floor, turn: int) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[turn] = lambda: pause(floor, task)
        with pytest.raises(LeaseLost):
            floor.works(claim)
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.PAUSED, RunState.WAITING)
        assert (floor.turns(), floor.state(claim)) == (list(range(1, turn)), JobState.CANCELLED)

        resume(floor, task)
        floor.works()
        detail = floor.detail(task)
        assert (detail.task.status, [run.state for run in detail.runs]) == (TaskStatus.DONE, [RunState.COMPLETED])
        assert (floor.turns(), detail.task.wake_reason) == ([1, 2, 3], "resumed")

    def test_before_it_began_keeps_it_from_beginning(self, floor: Floor) -> None:
        task = floor.office.task()
        pause(floor, task)
        assert floor.office.jobs(task) == 0
        resume(floor, task)
        floor.works()
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_what_is_done_is_refused(self, floor: Floor) -> None:
        task = floor.office.task()
        floor.works()
        with pytest.raises(Conflict, match="done and cannot become paused"):
            pause(floor, task)

    def test_a_persons_task_needs_no_run(self, floor: Floor) -> None:
        task = floor.office.task(assignee_kind=ActorKind.HUMAN, assignee_id=floor.office.people.member)
        pause(floor, task)
        resume(floor, task, "Shorter.")
        assert (floor.detail(task).task.status, floor.office.jobs(task)) == (TaskStatus.ASSIGNED, 0)


class TestResuming:
    def test_with_instructions_is_heard_where_it_was_said(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[2] = lambda: pause(floor, task)
        with pytest.raises(LeaseLost):
            floor.works(claim)
        resume(floor, task, "Look to the left.")
        floor.works()
        roles = [(one.role, one.text) for one in floor.script.heard[-1][1:]]
        assert roles[:4] == [
            (Speaker.USER, "What is new?"), (Speaker.ASSISTANT, ""), (Speaker.TOOL, '{"found": 1}'),
            (Speaker.USER, "Look to the left."),
        ]  # fmt: skip

    def test_with_instructions_is_heard_in_later_runs_too(self, floor: Floor) -> None:
        task = floor.office.task()
        pause(floor, task)
        resume(floor, task, "Look to the left.")
        floor.script.looks = 99
        floor.works()
        floor.retry(task)
        floor.works()
        assert heard(floor) == ["What is new?", "Look to the left."]

    def test_is_for_what_is_paused(self, floor: Floor) -> None:
        with pytest.raises(Conflict, match="only what was paused"):
            resume(floor, floor.office.task())

    def test_waits_for_the_project(self, floor: Floor) -> None:
        task = floor.office.task()
        pause(floor, task)
        with floor.office.database.write() as session:
            session.get_one(Project, floor.detail(task).task.project_id).status = "paused"
        with pytest.raises(Unprocessable, match="set the campaign going first"):
            resume(floor, task)


class TestCallingATaskOff:
    def test_takes_effect_within_the_turn(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[2] = lambda: cancel(floor, task)
        with pytest.raises(LeaseLost):
            floor.works(claim)
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.CANCELLED, RunState.CANCELLED)
        assert (floor.turns(), floor.state(claim), detail.output) == ([1], JobState.CANCELLED, None)

    def test_asks_nobody_any_more(self, floor: Floor) -> None:
        office = floor.office
        blocked, reviewed, shared = office.task(), office.working(), office.working()
        blocker = block(floor, blocked)
        alone, both = office.request(task_ids=[reviewed]), office.request(task_ids=[shared, office.working()])
        for task in (blocked, reviewed, shared):
            cancel(floor, task)
        with office.database.read() as session:
            (row,) = office.desk.blockers.list(session, office.admin, blocked)
            states = [office.desk.approvals.get(session, office.admin, one).status for one in (alone, both)]
        assert (row.id, row.state) == (blocker, BlockerState.WITHDRAWN)
        assert states == [ApprovalStatus.WITHDRAWN, ApprovalStatus.PENDING]

    def test_twice_is_refused(self, floor: Floor) -> None:
        task = floor.office.task()
        cancel(floor, task)
        with pytest.raises(Conflict, match="cancelled already"):
            cancel(floor, task)


class TestABlocker:
    def test_halts_the_run_and_its_answer_is_heard(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        raised: list[str] = []
        floor.script.meanwhile[2] = lambda: raised.append(block(floor, task))
        with pytest.raises(LeaseLost):
            floor.works(claim)
        assert floor.detail(task).task.status is TaskStatus.BLOCKED
        answer(floor, task, raised[0])
        floor.works()
        assert heard(floor) == ["What is new?", "Which year?\n\n1994"]
        detail = floor.detail(task)
        assert (detail.task.status, detail.task.wake_reason, len(detail.runs)) == (TaskStatus.DONE, "answered", 1)

    def test_among_several_keeps_the_task_until_all_are_resolved(self, floor: Floor) -> None:
        task = floor.office.task()
        first, second = block(floor, task), block(floor, task, "Which town?")
        answer(floor, task, second, None)
        assert floor.detail(task).task.status is TaskStatus.BLOCKED
        answer(floor, task, first)
        assert (floor.detail(task).task.status, floor.office.jobs(task)) == (TaskStatus.ASSIGNED, 1)

    def test_is_resolved_once(self, floor: Floor) -> None:
        task = floor.office.task()
        blocker = block(floor, task)
        answer(floor, task, blocker)
        with pytest.raises(Conflict, match="resolved already"):
            answer(floor, task, blocker)

    def test_is_for_people_who_may_write(self, floor: Floor) -> None:
        office = floor.office
        task = office.task()
        blocker = block(floor, task)
        with pytest.raises(Forbidden, match="for people to resolve"):
            answer(floor, task, blocker, by=office.agent("researcher"))
        with pytest.raises(Forbidden, match="knowledge:write"):
            answer(floor, task, blocker, by=office.person(Role.REVIEWER))
        with pytest.raises(NotFound):
            answer(floor, task, blocker, by=office.person(Role.ADMIN, office.others))
        with pytest.raises(NotFound, match="no blocker"):
            answer(floor, office.task(), blocker)
        answer(floor, task, blocker, by=replace(office.person(Role.MEMBER)))

    def test_is_put_to_somebody_who_is_there(self, floor: Floor) -> None:
        office = floor.office
        task, blockers = office.task(), office.desk.blockers
        with pytest.raises(Invalid, match="is nobody"), office.database.write() as session:
            blockers.add(session, office.admin, task, "Which year?", person_id=office.others.member)
        with office.database.write() as session:
            view = blockers.add(session, office.admin, task, "Which year?", person_id=office.people.member)
        assert view.person is not None
        assert view.person.id == office.people.member
