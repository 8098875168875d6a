"""Starts what is due. Any number of processes may tick: a row is due for one of them, and each time only once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kit.clock import Clock
from kit.db.database import Database
from kit.errors import CairnError
from kit.ids import new_id
from kit.schedules.cron import Timetable
from kit.schedules.errors import InvalidSchedule, ScheduleIsBusy
from kit.schedules.models import Schedule, ScheduleRun
from kit.schedules.types import Due, NewSchedule, RunOutcome, RunTrigger, ScheduleView, Trigger, expression_of

_AT_ONCE = 20
_MOST_MISSED = 500
"""Times that one transaction makes up for; more are made up for in the next."""
_TICK = timedelta(microseconds=1)

_log = structlog.get_logger(__name__)


class ScheduleKind(Protocol):
    """Somebody who acts on time."""

    @property
    def kind(self) -> str: ...

    def start(self, session: Session, due: Due) -> str:
        """Starts the work in the session's transaction, which means that it writes rows, and gives the id of what it
        has started. ScheduleIsBusy where the last one has not ended."""


@dataclass(frozen=True, slots=True)
class Schedules:
    """Rows of schedules. All methods take the caller's session and leave committing to it."""

    clock: Clock

    def put(self, session: Session, wanted: NewSchedule) -> ScheduleView:
        """The schedule of this kind for this subject, made or changed. A change counts from now on. InvalidSchedule."""
        row = self._row(session, wanted.kind, wanted.subject)
        now = self.clock.now()
        if row is None:
            row = Schedule(id=new_id(), kind=wanted.kind, subject=wanted.subject, created_at=now)
            row.tenant_id, row.enabled = wanted.tenant_id, True
            session.add(row)
        elif _asks_the_same(row, wanted):
            return view(row)
        row.trigger, row.cron = wanted.trigger, _checked_cron(wanted)
        row.time_zone, row.jitter_seconds = wanted.time_zone, wanted.jitter_seconds
        row.updated_at = now
        advance(row, now)
        session.flush()
        return view(row)

    def enable(self, session: Session, kind: str, subject: str, *, is_enabled: bool) -> None:
        """Times that pass while it is not enabled are not made up for."""
        row = self._row(session, kind, subject)
        if row is not None and row.enabled != is_enabled:
            row.enabled, row.updated_at = is_enabled, self.clock.now()
            advance(row, row.updated_at)
            session.flush()

    def hold(self, session: Session, kind: str, subject: str) -> None:
        """Keeps it from others until the transaction ends. Before the subject's own row is taken by whoever changes
        both: what is due is taken in this order."""
        wanted = select(Schedule.id).where(Schedule.kind == kind, Schedule.subject == subject)
        session.execute(wanted.with_for_update())

    def get(self, session: Session, kind: str, subject: str) -> ScheduleView | None:
        row = self._row(session, kind, subject)
        return None if row is None else view(row)

    def of(self, session: Session, kind: str, subjects: Sequence[str]) -> dict[str, ScheduleView]:
        wanted = select(Schedule).where(Schedule.kind == kind, Schedule.subject.in_(subjects))
        return {row.subject: view(row) for row in session.scalars(wanted)}

    def remove(self, session: Session, kind: str, subject: str) -> None:
        """With the record of its runs."""
        row = self._row(session, kind, subject)
        if row is not None:
            session.execute(delete(ScheduleRun).where(ScheduleRun.schedule_id == row.id))
            session.delete(row)

    def record_manual(self, session: Session, kind: str, subject: str, *, started: str) -> None:
        """That it was run by hand, and what that started. The schedule is there, and held."""
        wanted = select(Schedule).where(Schedule.kind == kind, Schedule.subject == subject)
        row, now = session.scalars(wanted).one(), self.clock.now()
        session.add(
            ScheduleRun(
                schedule_id=row.id,
                due_at=_own_moment(session, row.id, now),
                at=now,
                outcome=RunOutcome.STARTED,
                started=started,
                trigger=RunTrigger.MANUAL,
            )
        )
        session.flush()

    def runs(self, session: Session, kind: str, subject: str, *, limit: int) -> Sequence[ScheduleRun]:
        """Newest first."""
        row = self._row(session, kind, subject)
        wanted = select(ScheduleRun).where(ScheduleRun.schedule_id == (row.id if row else ""))
        return list(session.scalars(wanted.order_by(ScheduleRun.due_at.desc()).limit(limit)))

    @staticmethod
    def _row(session: Session, kind: str, subject: str) -> Schedule | None:
        return session.scalar(select(Schedule).where(Schedule.kind == kind, Schedule.subject == subject))


class Scheduler:
    def __init__(self, *, database: Database, clock: Clock, kinds: Sequence[ScheduleKind]) -> None:
        self._database = database
        self._clock = clock
        self._kinds = {kind.kind: kind for kind in kinds}

    def tick(self) -> int:
        """Starts what is due now, and records it in the same transaction: killed at any moment, either both are there
        or the next tick does it. How many it started."""
        started = 0
        for schedule_id in self._due():
            with self._database.write() as session:
                started += self._take(session, schedule_id)
        return started

    def _due(self) -> Sequence[str]:
        with self._database.read() as session:
            wanted = select(Schedule.id).where(Schedule.enabled, Schedule.fire_at <= self._clock.now())
            return list(session.scalars(wanted.order_by(Schedule.fire_at).limit(_AT_ONCE)))

    def _take(self, session: Session, schedule_id: str) -> int:
        """0 where another process has it, or had it."""
        now = self._clock.now()
        wanted = select(Schedule).where(Schedule.id == schedule_id, Schedule.enabled, Schedule.fire_at <= now)
        row = session.scalar(wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        kind = None if row is None else self._kinds.get(row.kind)
        if row is None or kind is None or row.next_at is None:
            return 0
        missed, is_caught_up = _passed(row, now)
        due = missed.pop()
        passed = [{"schedule_id": row.id, "due_at": one, "outcome": RunOutcome.COALESCED, "at": now} for one in missed]
        if passed:
            session.execute(insert(ScheduleRun), passed)
        run = ScheduleRun(schedule_id=row.id, due_at=due, at=now, outcome=RunOutcome.COALESCED)
        if is_caught_up:
            self._start(session, kind, row, run)
        session.add(run)
        advance(row, due)
        return int(run.outcome == RunOutcome.STARTED)

    @staticmethod
    def _start(session: Session, kind: ScheduleKind, row: Schedule, run: ScheduleRun) -> None:
        try:
            with session.begin_nested():
                run.started = kind.start(session, Due(row.id, row.tenant_id, row.subject, run.due_at))
        except ScheduleIsBusy as error:
            run.outcome, run.detail = RunOutcome.BUSY, error.message
        except CairnError as error:
            run.outcome, run.detail = RunOutcome.FAILED, error.message
            _log.warning("schedule.failed", schedule_id=row.id, kind=row.kind, reason=error.message)
        else:
            run.outcome = RunOutcome.STARTED
            _log.info("schedule.started", schedule_id=row.id, kind=row.kind, started=run.started)


def _own_moment(session: Session, schedule_id: str, now: datetime) -> datetime:
    """One that no record of the schedule has, nor will have: its own times are whole minutes."""
    moment = now if now.second or now.microsecond else now + _TICK
    while session.get(ScheduleRun, (schedule_id, moment)) is not None:
        moment += _TICK
    return moment


def advance(row: Schedule, after: datetime) -> None:
    """To its next time after the moment."""
    timetable = _timetable(row)
    row.next_at = None if timetable is None else timetable.next_after(after)
    row.fire_at = None if row.next_at is None else row.next_at + _jitter(row, row.next_at)


def view(row: Schedule) -> ScheduleView:
    return ScheduleView(
        id=row.id,
        trigger=Trigger(row.trigger),
        cron=row.cron,
        time_zone=row.time_zone,
        jitter_seconds=row.jitter_seconds,
        enabled=row.enabled,
        next_at=row.next_at,
    )


def _passed(row: Schedule, now: datetime) -> tuple[list[datetime], bool]:
    """Its times up to now, oldest first, or as many as can be recorded at once; and whether these are all."""
    timetable, due = _timetable(row), row.next_at
    if due is None or timetable is None:
        raise InvalidSchedule("trigger", f"schedule {row.id} does not come by itself")
    found = [due]
    while len(found) <= _MOST_MISSED:
        due = timetable.next_after(due)
        if due + _jitter(row, due) > now:
            return found, True
        found.append(due)
    return found, False


def _timetable(row: Schedule) -> Timetable | None:
    expression = expression_of(Trigger(row.trigger), row.cron, subject=row.subject)
    return None if expression is None else Timetable(expression, row.time_zone)


def _jitter(row: Schedule, due: datetime) -> timedelta:
    """The same for the same time, whoever works it out."""
    if row.jitter_seconds <= 0:
        return timedelta()
    digest = hashlib.sha256(f"{row.id}{due.timestamp()}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:4]) % (row.jitter_seconds + 1))


def _checked_cron(wanted: NewSchedule) -> str | None:
    if wanted.trigger is Trigger.CRON and not wanted.cron:
        raise InvalidSchedule("cron", "trigger `cron` needs a cron expression")
    expression = expression_of(wanted.trigger, wanted.cron, subject=wanted.subject)
    Timetable(expression or "0 0 * * *", wanted.time_zone)
    return wanted.cron if wanted.trigger is Trigger.CRON else None


def _asks_the_same(row: Schedule, wanted: NewSchedule) -> bool:
    has = (row.trigger, row.cron, row.time_zone, row.jitter_seconds)
    return has == (wanted.trigger, wanted.cron, wanted.time_zone, wanted.jitter_seconds)
