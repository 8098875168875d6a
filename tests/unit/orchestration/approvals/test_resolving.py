"""An approval ends once, by one of the ways there are, with what follows from that way and no other."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from identity.types import Role
from kit.db.database import Database
from kit.errors import CairnError, Conflict, Forbidden, Invalid, NotFound, Unprocessable
from orchestration.approvals.types import ApprovalStatus, ApprovalView, Decision, Resolution, Subject
from orchestration.approvals.watch import ApprovalWatch
from orchestration.tasks.types import RunState, TaskDetail, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Lever, Office

APPROVE = Decision(Resolution.APPROVED)
REJECT = Decision(Resolution.REJECTED, note="Say where it is from.")
REVISE = Decision(Resolution.REVISION_REQUESTED, note="Shorter.")


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock, Lever())


def resolve(office: Office, approval_id: str, decision: Decision, role: Role = Role.ADMIN) -> int:
    with office.database.write() as session:
        return office.resolver.resolve(session, office.person(role), approval_id, decision).woken


def seen(office: Office, approval_id: str) -> ApprovalView:
    with office.database.read() as session:
        return office.desk.approvals.get(session, office.admin, approval_id)


def task(office: Office, task_id: str) -> TaskDetail:
    with office.database.read() as session:
        return office.desk.tasks.detail(session, office.admin, task_id)


class TestResolving:
    def test_is_not_for_another_tenant(self, office: Office) -> None:
        approval = office.request()
        with pytest.raises(NotFound), office.database.write() as session:
            office.resolver.resolve(session, office.person(Role.ADMIN, office.others), approval, APPROVE)

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.REVIEWER])
    def test_is_for_administrators(self, office: Office, role: Role) -> None:
        approval = office.request()
        with pytest.raises(Forbidden, match="knowledge:manage"):
            resolve(office, approval, APPROVE, role)
        assert seen(office, approval).status is ApprovalStatus.PENDING

    def test_is_not_for_agents(self, office: Office) -> None:
        approval = office.request(task_ids=[office.working()])
        agent = replace(office.admin, agent_role="researcher")
        with pytest.raises(Forbidden, match="for people"), office.database.write() as session:
            office.resolver.resolve(session, agent, approval, APPROVE)

    @pytest.mark.parametrize("resolution", [Resolution.REJECTED, Resolution.REVISION_REQUESTED])
    def test_says_why_unless_it_approves(self, office: Office, resolution: Resolution) -> None:
        approval = office.request()
        with pytest.raises(Invalid, match="note: is required"):
            resolve(office, approval, Decision(resolution, note="  "))

    def test_chooses_an_option_where_there_are_some(self, office: Office) -> None:
        approval = office.request(options=["blue", "green"])
        with pytest.raises(Unprocessable, match="'blue', 'green'"):
            resolve(office, approval, APPROVE)
        with pytest.raises(Invalid, match="but is 'red'"):
            resolve(office, approval, Decision(Resolution.APPROVED, option="red"))
        resolve(office, approval, Decision(Resolution.APPROVED, option="green"))
        assert seen(office, approval).selected_option == "green"

    def test_happens_once(self, office: Office) -> None:
        approval = office.request()
        resolve(office, approval, REJECT)
        with pytest.raises(Conflict, match="rejected already"):
            resolve(office, approval, APPROVE)
        view = seen(office, approval)
        assert (view.status, view.note) == (ApprovalStatus.REJECTED, REJECT.note)
        assert view.resolved_by is not None
        assert (view.resolved_by.id, view.resolved_by.name) == (office.people.admin, "admin")

    def test_is_too_late_once_the_time_is_over(self, office: Office) -> None:
        approval = office.request()
        office.clock.advance(days=8)
        with pytest.raises(Conflict, match="expired already"):
            resolve(office, approval, APPROVE)

    def test_stays_open_where_the_subject_refuses(self, any_database: Database, clock: FrozenClock) -> None:
        lever = Lever(refusal=Conflict("it is stuck"))
        office = Office(any_database, clock, lever)
        approval = office.request(subject=Subject("lever", "l1"))
        with pytest.raises(Conflict, match="it is stuck"):
            resolve(office, approval, APPROVE)
        assert seen(office, approval).status is ApprovalStatus.PENDING


class TestWhatFollows:
    @pytest.mark.parametrize(
        ("decision", "reason"), [(APPROVE, "review_approved"), (REJECT, "review_feedback"), (REVISE, "review_feedback")]
    )
    def test_linked_tasks_are_worked_on_again_and_know_why(
        self, office: Office, decision: Decision, reason: str
    ) -> None:
        tasks = [office.working(), office.working()]
        approval = office.request(task_ids=tasks)
        before = [office.jobs(one) for one in tasks]
        assert {task(office, one).task.status for one in tasks} == {TaskStatus.AWAITING_APPROVAL}

        assert resolve(office, approval, decision) == 2

        for one, queued in zip(tasks, before, strict=True):
            detail = task(office, one)
            assert (detail.task.status, detail.task.wake_reason) == (TaskStatus.ASSIGNED, reason)
            assert detail.task.approval_id == approval
            assert office.jobs(one) == queued  # the run that was waiting goes on; there is not a second one
            assert [run.state for run in detail.runs] == [RunState.QUEUED]

    def test_a_task_that_was_cancelled_meanwhile_is_left_alone(self, office: Office) -> None:
        cancelled, waiting = office.working(), office.working()
        approval = office.request(task_ids=[cancelled, waiting])
        office.move(cancelled, TaskStatus.CANCELLED)

        assert resolve(office, approval, APPROVE) == 1
        assert task(office, cancelled).task.status is TaskStatus.CANCELLED

    @pytest.mark.parametrize(("decision", "approved"), [(APPROVE, True), (REJECT, False), (REVISE, False)])
    def test_the_subject_acts(
        self, any_database: Database, clock: FrozenClock, decision: Decision, approved: bool
    ) -> None:
        lever = Lever()
        office = Office(any_database, clock, lever)
        resolve(office, office.request(subject=Subject("lever", "l1")), decision)
        assert lever.pulled == [("l1", approved)]

    def test_the_timeline_tells_it_all_without_a_gap(self, office: Office) -> None:
        one = office.working()
        resolve(office, office.request(task_ids=[one]), REJECT)
        with office.database.read() as session:
            events = office.desk.tasks.timeline(session, office.admin, one)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert [event.type for event in events] == [
            "created", "status_changed", "status_changed", "status_changed", "approval_requested", "approval_resolved",
            "status_changed",
        ]  # fmt: skip
        assert events[-2].data["note"] == REJECT.note


class TestExpiry:
    def test_fails_the_task_and_leaves_the_subject_as_it_is(self, any_database: Database, clock: FrozenClock) -> None:
        lever = Lever()
        office = Office(any_database, clock, lever)
        one = office.working()
        approval = office.request(task_ids=[one], subject=Subject("lever", "l1"))
        watch = ApprovalWatch(any_database, office.resolver)
        assert watch.tick() == 0

        office.clock.advance(days=7)

        assert watch.tick() == 1
        assert seen(office, approval).status is ApprovalStatus.EXPIRED
        assert lever.pulled == [("l1", False)]
        assert task(office, one).task.status is TaskStatus.FAILED
        assert watch.tick() == 0

    def test_is_announced_once_a_day_ahead(self, office: Office) -> None:
        office.request()
        watch = ApprovalWatch(office.database, office.resolver)
        office.clock.advance(days=6, hours=5)
        assert [watch.tick(), watch.tick()] == [1, 0]


class TestARace:
    """Two who decide, one who decides in the subject's own place, time that runs out, and the subject that goes away:
    in any order, at the same moment."""

    ROUNDS = int(os.environ.get("CAIRN_TEST_RACES", "60"))
    """On each kind of database; `CAIRN_TEST_RACES=1000` for a thorough look."""

    @pytest.mark.timeout(300)
    def test_has_one_outcome(self, any_database: Database, clock: FrozenClock) -> None:
        lever = Lever()
        office = Office(any_database, clock, lever)
        rng = random.Random(11)  # noqa: S311 - interleavings that can be made again
        outcomes: Counter[ApprovalStatus] = Counter()
        with ThreadPoolExecutor(5) as pool:
            for number in range(self.ROUNDS):
                subject = Subject("lever", f"l{number}")
                tasks = [office.working()]
                due = office.clock.now() if number % 3 == 0 else None
                approval = office.request(task_ids=tasks, subject=subject, expires_at=due)
                ways = _ways(office, approval, subject)
                rng.shuffle(ways)
                chosen = ways[: rng.randint(2, len(ways))]
                barrier = Barrier(len(chosen))
                won = [future.result() for future in [pool.submit(_try, barrier, way) for way in chosen]]

                assert won.count(True) <= 1, (number, won)
                status = seen(office, approval).status
                outcomes[status] += 1
                assert (status is ApprovalStatus.PENDING) == (won.count(True) == 0)
                pulls = [approved for who, approved in lever.pulled if who == subject.id]
                assert len(pulls) <= 1
                if status is ApprovalStatus.EXPIRED:
                    assert (pulls, task(office, tasks[0]).task.status) == ([False], TaskStatus.FAILED)
        assert {ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.EXPIRED} <= set(outcomes), outcomes


def _ways(office: Office, approval: str, subject: Subject) -> list[Callable[[], bool]]:
    def decide(decision: Decision) -> bool:
        try:
            resolve(office, approval, decision)
        except Conflict:
            return False
        return True

    def expire() -> bool:
        with office.database.write() as session:
            return office.resolver.expire(session, approval)

    def settle() -> bool:
        with office.database.write() as session:
            return bool(office.desk.closer.settled(session, subject, office.admin, approved=True))

    def withdraw() -> bool:
        with office.database.write() as session:
            return bool(office.desk.closer.withdraw_subject(session, subject))

    return [lambda: decide(APPROVE), lambda: decide(REJECT), expire, settle, withdraw]


def _try(barrier: Barrier, way: Callable[[], bool]) -> bool:
    barrier.wait()
    try:
        return way()
    except CairnError as error:
        raise AssertionError(error.message) from error
