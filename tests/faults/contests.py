"""Races over work: what several people, workers and ticks do to the same rows at the same moment, and what may come
of it. Each contest is made anew, tried, and examined."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.datasets.gate import Gate
from kit.db.database import Database
from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from kit.schedules.models import Schedule, ScheduleRun
from kit.schedules.scheduler import Scheduler, Schedules
from kit.schedules.types import RunOutcome, Trigger
from orchestration.agents.directory import AgentDirectory
from orchestration.approvals.models import Approval
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.types import ApprovalType, Decision, Request, Resolution, RiskLevel
from orchestration.recurring.models import RecurringTask
from orchestration.recurring.scheduled import ScheduledTask
from orchestration.recurring.service import RecurringTasks
from orchestration.recurring.types import NewRecurringTask, RecurringChange
from orchestration.runs.watch import RunWatch
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.models import Task, TaskBlocker, TaskEvent
from orchestration.tasks.run_models import RunWait
from orchestration.tasks.types import ActorKind, RunState, TaskStatus, WaitKind
from orchestration.teamwork import Desk, make_desk
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

Way = tuple[str, Callable[[], bool]]
"""What one of them does, by name. It says whether there was anything to do; refusals are errors of Cairn."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Side:
    """One of two processes on the same database."""

    database: Database
    desk: Desk
    resolver: Resolver
    runs: RunWatch
    recurring: RecurringTasks
    scheduler: Scheduler

    @classmethod
    def of(cls, database: Database, clock: FrozenClock, office: Office) -> Side:
        gate = Gate()
        desk = make_desk(clock, gate=gate, queue=office.desk.moves.queue)
        resolver = Resolver(names=gate, closer=desk.closer, moves=desk.moves, clock=clock, subjects={})
        recurring = RecurringTasks(desk.tasks, gate, Schedules(clock), clock)
        return cls(
            database,
            desk,
            resolver,
            RunWatch(database, AgentDirectory(), desk.moves, desk.interventions, clock),
            recurring,
            Scheduler(database=database, clock=clock, kinds=[ScheduledTask(recurring)]),
        )

    def does(self, act: Callable[[Session], object]) -> Callable[[], bool]:
        """In a transaction of its own."""

        def acts() -> bool:
            with self.database.write() as session:
                act(session)
            return True

        return acts


@dataclass
class Ground:
    """Where contests take place. `left` and `right` are the two processes."""

    office: Office
    left: Side
    right: Side
    chosen: random.Random

    def waiting(self, kind: WaitKind, wait: Callable[[Session, Task], str]) -> str:
        """A task whose run waits in the middle, for the row that `wait` makes."""
        task_id = self.office.task()
        with self.office.database.write() as session:
            task = repository.hold(session, task_id)
            moves, run = self.left.desk.moves, repository.open_run(session, task_id)
            assert run is not None
            moves.move(session, task, TaskStatus.IN_PROGRESS, SYSTEM)
            run.state = RunState.WAITING
            ref = wait(session, task)
            session.add(
                RunWait(
                    run_id=run.id, turn=1, call_id="c1", tenant_id=task.tenant_id, task_id=task_id, kind=kind,
                    ref_id=ref, created_at=self.office.clock.now(),
                )
            )  # fmt: skip
            moves.queue.cancel(session, subject=task_id, kinds=("task.run",))
        return task_id

    def cancel(self, side: Side, task_id: str) -> Way:
        admin = self.office.admin
        return "cancel", side.does(lambda session: side.desk.interventions.cancel(session, admin, task_id))

    def seen(self, task_id: str) -> Seen:
        with self.office.database.read() as session:
            task = session.get_one(Task, task_id)
            jobs = select(func.count()).select_from(Job)
            waits = select(RunWait).where(RunWait.task_id == task_id)
            return Seen(
                TaskStatus(task.status),
                [RunState(one.state) for one in repository.runs(session, task_id)],
                session.scalar(jobs.where(Job.subject == task_id, Job.state.in_(UNFINISHED))) or 0,
                [one.result for one in session.scalars(waits)],
                list(session.scalars(select(TaskEvent.type).where(TaskEvent.task_id == task_id))),
            )


@dataclass(frozen=True)
class Seen:
    """A task with its runs, oldest first, the jobs that are not done, the results of its waits, its timeline."""

    status: TaskStatus
    runs: Sequence[RunState]
    jobs: int
    results: Sequence[str | None]
    timeline: Sequence[str]


@dataclass(frozen=True)
class Contest:
    """`ways` are all who take part; `examine` gets which of them were not refused, and finds what is wrong."""

    name: str
    ways: Sequence[Way]
    examine: Callable[[Sequence[str]], Iterator[str]]


def decision(ground: Ground) -> Contest:
    """An approval in the middle of a run: two who decide, time that runs out in two processes, the task called off."""
    due = ground.office.clock.now() if ground.chosen.random() < 0.4 else None
    made: list[str] = []

    def ask(session: Session, task: Task) -> str:
        request = Request(
            task.tenant_id, "Publish?", ApprovalType.CONTENT_DIRECTION, RiskLevel.HIGH, task_ids=[task.id],
            expires_at=due,
        )  # fmt: skip
        made.append(ground.left.desk.approvals.request(session, request, SYSTEM))
        return made[0]

    task_id = ground.waiting(WaitKind.APPROVAL, ask)

    def decides(side: Side, with_: Decision) -> Callable[[], bool]:
        return side.does(lambda session: side.resolver.resolve(session, ground.office.admin, made[0], with_))

    def expires(side: Side) -> Callable[[], bool]:
        """As its tick does with what is overdue."""

        def acts() -> bool:
            with side.database.write() as session:
                return side.resolver.expire(session, made[0])

        return acts

    ways = [
        ("approve", decides(ground.left, Decision(Resolution.APPROVED))),
        ("reject", decides(ground.right, Decision(Resolution.REJECTED, note="No."))),
        ("expire", expires(ground.left)),
        ("expire too", expires(ground.right)),
        ground.cancel(ground.right, task_id),
    ]
    return Contest("decision", ways, lambda won: _decided(ground, task_id, made[0], won))


def _decided(ground: Ground, task_id: str, approval_id: str, won: Sequence[str]) -> Iterator[str]:
    with ground.office.database.read() as session:
        status = session.get_one(Approval, approval_id).status
    seen, deciders = ground.seen(task_id), [one for one in won if one in {"approve", "reject"}]
    if len(won) - ("cancel" in won) > 1:
        yield f"more than one outcome: {won}"
    expected: Mapping[str, tuple[TaskStatus, RunState, int]] = {
        "approved": (TaskStatus.ASSIGNED, RunState.QUEUED, 1),
        "rejected": (TaskStatus.ASSIGNED, RunState.QUEUED, 1),
        "expired": (TaskStatus.FAILED, RunState.FAILED, 0),
        "pending": (TaskStatus.AWAITING_APPROVAL, RunState.WAITING, 0),
        "withdrawn": (TaskStatus.CANCELLED, RunState.CANCELLED, 0),
    }
    found, called_off = (seen.status, seen.runs[-1], seen.jobs), seen.status is TaskStatus.CANCELLED
    if found != expected[status] and not (called_off and "cancel" in won and seen.jobs == 0):
        yield f"approval {status}, but task, run and jobs are {found}"
    if bool(seen.results[0]) != (status in {"approved", "rejected"}):
        yield f"approval {status}, but the run hears {seen.results[0]}"
    if seen.timeline.count("approval_resolved") != len(deciders):
        yield f"the timeline tells {seen.timeline.count('approval_resolved')} decisions of {len(deciders)}"


def question(ground: Ground) -> Contest:
    """A person who is asked: two who answer, the task called off."""
    asked: list[str] = []

    def ask(session: Session, task: Task) -> str:
        asked.append(ground.left.desk.blockers.put(session, task, "Which year?", SYSTEM).id)
        return asked[0]

    task_id = ground.waiting(WaitKind.QUESTION, ask)

    def answers(side: Side, text: str) -> Callable[[], bool]:
        blockers = side.desk.blockers
        return side.does(lambda session: blockers.resolve(session, ground.office.admin, task_id, asked[0], text))

    ways = [
        ("1994", answers(ground.left, "1994")),
        ("1995", answers(ground.right, "1995")),
        ground.cancel(ground.left, task_id),
    ]
    return Contest("question", ways, lambda won: _answered(ground, task_id, asked[0], won))


def _answered(ground: Ground, task_id: str, blocker_id: str, won: Sequence[str]) -> Iterator[str]:
    with ground.office.database.read() as session:
        row = session.get_one(TaskBlocker, blocker_id)
    seen, answers = ground.seen(task_id), [one for one in won if one != "cancel"]
    if len(answers) > 1 or (answers and row.answer != answers[0]):
        yield f"{won} were taken, and the answer is {row.answer}"
    if bool(answers) != bool(seen.results[0]) or (answers and answers[0] not in (seen.results[0] or "")):
        yield f"{answers} was said, and the run hears {seen.results[0]}"
    expected = (TaskStatus.CANCELLED, 0) if "cancel" in won else (TaskStatus.ASSIGNED, 1)
    if won and (seen.status, seen.jobs) != expected:
        yield f"after {won} the task is {seen.status}, with {seen.jobs} jobs"


def subtask(ground: Ground) -> Contest:
    """A subtask that has ended: two ticks that tell its parent, the parent called off."""
    made: list[str] = []

    def hand_over(session: Session, task: Task) -> str:
        made.append(_ended_part(ground, session, task))
        ground.left.desk.moves.move(session, task, TaskStatus.AWAITING_SUBTASK, SYSTEM)
        return made[0]

    task_id = ground.waiting(WaitKind.SUBTASK, hand_over)
    ways = [
        ("tell", lambda: ground.left.runs.subtask_ended(made[0])),
        ("tick", lambda: bool(ground.right.runs.tick())),
        ground.cancel(ground.right, task_id),
    ]

    def examine(won: Sequence[str]) -> Iterator[str]:
        ground.left.runs.tick()  # what is left for the next one
        seen = ground.seen(task_id)
        if seen.timeline.count("status_changed") > 4 + ("cancel" in won):
            yield f"the parent was woken more than once: {seen.timeline}"
        expected = (TaskStatus.CANCELLED, 0) if "cancel" in won else (TaskStatus.ASSIGNED, 1)
        if (seen.status, seen.jobs) != expected or not seen.results[0]:
            yield f"after {won} the parent is {seen.status}, with {seen.jobs} jobs, and hears {seen.results[0]}"

    return Contest("subtask", ways, examine)


def _ended_part(ground: Ground, session: Session, task: Task) -> str:
    part = Task(
        id=new_id(), tenant_id=task.tenant_id, project_id=task.project_id, parent_id=task.id, kind="part",
        title="Part", description="", prompt="?", status=TaskStatus.DONE, priority=2, assignee_kind=ActorKind.AGENT,
        assignee_id="adros_cd", created_by_kind=ActorKind.AGENT, created_by_id="researcher",
        created_by_name="Researcher", cost_usd=0.0, events_count=0, created_at=ground.office.clock.now(),
        updated_at=ground.office.clock.now(),
    )  # fmt: skip
    session.add(part)
    session.flush()
    return part.id


def halting(ground: Ground) -> Contest:
    """A task in the queue: two who pause it, one who calls it off, one whose answer it waits for."""
    task_id = ground.office.task()
    admin = ground.office.admin

    def pauses(side: Side) -> Callable[[], bool]:
        return side.does(lambda session: side.desk.interventions.pause(session, admin, task_id))

    ways = [
        ("pause", pauses(ground.left)),
        ("pause too", pauses(ground.right)),
        ground.cancel(ground.right, task_id),
        ("block", ground.left.does(lambda one: ground.left.desk.blockers.add(one, admin, task_id, "Which year?"))),
    ]

    def examine(won: Sequence[str]) -> Iterator[str]:
        seen, halts = ground.seen(task_id), [one for one in won if one != "cancel"]
        if len(halts) > 1:
            yield f"halted more than once: {won}"
        if won and seen.jobs:
            yield f"after {won} it is still in the queue"
        expected = TaskStatus.CANCELLED if "cancel" in won else TaskStatus.PAUSED
        expected = TaskStatus.BLOCKED if won == ["block"] else expected
        if won and seen.status is not expected:
            yield f"after {won} it is {seen.status}"

    return Contest("halting", ways, examine)


@dataclass
class Timetable:
    """A recurring task whose time comes with every contest."""

    ground: Ground
    id: str = field(init=False)

    def __post_init__(self) -> None:
        new = NewRecurringTask(
            "Daily", "briefing", "What is new?", ActorKind.AGENT, "adros_cd", Trigger.CRON, cron="0 8 * * *"
        )
        side, office = self.ground.left, self.ground.office
        with office.database.write() as session:
            self.id = side.recurring.create(session, office.admin, new).id

    def contest(self) -> Contest:
        """Two processes that tick, one who runs it by hand, one who calls off what the last time made, one who switches
        it off and on."""
        ground, office = self.ground, self.ground.office
        with office.database.write() as session:
            row = session.get_one(RecurringTask, self.id)
            last = row.last_task_id or office_task(session, ground, row)
        is_open = ground.seen(last).status is not TaskStatus.CANCELLED
        office.clock.advance(days=1)
        before = self._counts()
        left, right = ground.left, ground.right

        def switch() -> bool:
            for is_active in (False, True):
                change = RecurringChange(is_active=is_active)
                with left.database.write() as session:
                    left.recurring.change(session, office.admin, self.id, change)
            return True

        ways = [
            ("tick", lambda: bool(ground.left.scheduler.tick())),
            ("tick too", lambda: bool(ground.right.scheduler.tick())),
            ("by hand", right.does(lambda session: right.recurring.run(session, office.admin, self.id))),
        ]
        if ground.chosen.random() < 0.2:  # it takes the time away, and hardly anything is left to be seen
            ways.append(("switch", switch))
        if is_open:
            ways.append(ground.cancel(ground.left, last))
        return Contest("schedule", ways, lambda won: self._examine(won, before, is_open=is_open))

    def _counts(self) -> tuple[int, int, int]:
        """Times that came, those that started something, and tasks. Times that passed while nobody ticked are recorded
        as well, and are none that came."""
        with self.ground.office.database.read() as session:
            schedule = session.scalars(select(Schedule.id).where(Schedule.subject == self.id)).one()
            outcomes = list(session.scalars(select(ScheduleRun.outcome).where(ScheduleRun.schedule_id == schedule)))
            made = session.scalar(select(func.count()).select_from(Task).where(Task.title == "Daily")) or 0
        came = [one for one in outcomes if one != RunOutcome.COALESCED]
        return len(came), outcomes.count(RunOutcome.STARTED), made

    def _examine(self, won: Sequence[str], before: tuple[int, int, int], *, is_open: bool) -> Iterator[str]:
        times, started, made = (after - then for after, then in zip(self._counts(), before, strict=True))
        ticks, by_hand = sum(one.startswith("tick") for one in won), "by hand" in won
        if times > 1 or started > 1 or ticks > 1:
            yield f"one time came {times} times, started {started}, by {won}"
        if made != started + by_hand or started != ticks:
            yield f"{made} tasks were made by {won}, and the record says {started}"
        if started and is_open and "cancel" not in won:
            yield f"it was started while the last was open, by {won}"


def office_task(session: Session, ground: Ground, row: RecurringTask) -> str:
    """What the time before the first made."""
    return ground.left.recurring.make(session, row, SYSTEM)


CONTESTS: Sequence[Callable[[Ground], Contest]] = (decision, question, subtask, halting)
