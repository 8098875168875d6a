"""Kill -9 at random moments of agents at work: `python -m tests.faults.agent_kills [--kills 500] [--seed 1]
[--on sqlite,postgresql]`.

Two processes do agents' runs that comment, ask, have people decide and hand over, while people answer, decide, pause,
resume and call off; one of the processes is killed over and over. In the end every effect must be there as often as a
turn records it, which is once, and no task may be stuck. Exits with 1 and a sentence for each violation if not.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from typing import TypeVar

from sqlalchemy import func, select

from identity.types import ROLE_SCOPES, Principal, Role
from kit.errors import CairnError
from kit.ids import new_id
from migrations.runner import upgrade
from orchestration.agents.models import Agent
from orchestration.agents.types import AdapterType
from orchestration.approvals.models import Approval
from orchestration.approvals.types import ApprovalStatus, Decision, Resolution
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Task, TaskBlocker
from orchestration.tasks.run_models import RunTurn
from orchestration.tasks.types import ActorKind, BlockerState, NewTask, TaskStatus
from tests.clock import FrozenClock
from tests.faults.agent_inspection import violations
from tests.faults.agents_at_work import Shop, Step, asked, work
from tests.faults.on_databases import Report, command
from tests.faults.victims import ended, has_job, started
from tests.unit.identity.people import settle

_T = TypeVar("_T")

WORKERS = 2
OPEN_TASKS = 20
BETWEEN_SECONDS = (0.0, 0.2)
MIDDLE_SECONDS = 0.06
"""About as long as two turns take."""
PATIENCE_SECONDS = 1.5
"""How long a kill waits for its victim to have a run in hand."""

SETTLING_SECONDS = 120.0
"""Far more than what is open needs: each killed turn waits for a lease of a second."""


def main() -> int:
    return command(__doc__, "kills", 500, run)


def run(url: str, *, count: int, seed: int) -> Report:
    """On an empty database."""
    shop = Shop.at(url)
    try:
        upgrade(shop.database)
        campaign = Campaign(url, shop, random.Random(seed))  # noqa: S311 - moments and plans, no secrets
        began = time.perf_counter()
        campaign.run(count)
        seconds = time.perf_counter() - began
        return Report(seconds, campaign.tally, violations(shop.database))
    finally:
        shop.database.close()


@dataclass
class Campaign:
    """Kills on the one hand, people on the other, in turn: both are this process."""

    url: str
    shop: Shop
    chosen: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    _workers: list[ForkServerProcess] = field(default_factory=list)
    _admin: Principal = field(init=False)

    def __post_init__(self) -> None:
        with self.shop.database.write() as session:
            people = settle(session, FrozenClock(self.shop.clock.now()))
            for role in ("researcher", "adros_cmo"):
                session.add(
                    Agent(
                        tenant_id=people.tenant, role=role, id=new_id(), adapter=AdapterType.EXTRACTIVE, concurrency=10,
                        adapter_config={}, updated_at=self.shop.clock.now(),
                    )
                )  # fmt: skip
        self._admin = Principal(people.tenant, "key", people.admin, "key", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])

    def run(self, kills: int) -> None:
        self._workers = [started(work, self.url) for _ in range(WORKERS)]
        try:
            for _ in range(kills):
                self._people_until(time.monotonic() + self.chosen.uniform(*BETWEEN_SECONDS))
                self._kill()
            ends = time.monotonic() + SETTLING_SECONDS
            while self._open_tasks() and time.monotonic() < ends:
                self._act([self._answer, self._decide, self._resume])
                time.sleep(0.02)
        finally:
            for worker in self._workers:
                ended(worker)
        self._count()

    def _count(self) -> None:
        with self.shop.database.read() as session:
            self.tally["turns"] = session.scalar(select(func.count()).select_from(RunTurn)) or 0

    def _kill(self) -> None:
        """Mostly in the middle of a run: a process that has just been started has none yet."""
        at = self.chosen.randrange(WORKERS)
        ends = time.monotonic() + PATIENCE_SECONDS
        while not has_job(self.shop.database, self._workers[at].pid) and time.monotonic() < ends:
            self._people_until(time.monotonic() + 0.01)
        time.sleep(self.chosen.uniform(0, MIDDLE_SECONDS))
        self.tally["kills with a run in hand"] += has_job(self.shop.database, self._workers[at].pid)
        ended(self._workers[at])
        self._workers[at] = started(work, self.url)

    def _people_until(self, ends: float) -> None:
        while time.monotonic() < ends:
            self._act([self._make, self._answer, self._decide, self._pause, self._resume, self._cancel])
            time.sleep(0.005)

    def _act(self, acts: Sequence[Callable[[], None]]) -> None:
        """One of them, whatever comes of it: somebody else may have been quicker."""
        with suppress(CairnError):
            self.chosen.choice(acts)()

    def _make(self) -> None:
        if len(self._open_tasks()) >= OPEN_TASKS:
            return
        new = NewTask("Task", "briefing", asked(self._plan()), assignee_kind=ActorKind.AGENT, assignee_id="researcher")
        with self.shop.database.write() as session:
            self.shop.desk.tasks.create(session, self._admin, new)
        self.tally["tasks"] += 1

    def _plan(self) -> Sequence[Step]:
        part = asked([("comment", {"text": "A part."})] * self.chosen.randint(0, 2))
        steps: Sequence[Step] = [
            ("comment", {"text": "I go on."}),
            ("ask_person", {"question": "Which year?"}),
            ("request_approval", {"title": "Go on?", "options": ["yes", "no"]}),
            ("hand_over", {"agent_role": "adros_cmo", "title": "Part", "prompt": part}),
            ("hand_over", {"agent_role": "adros_cmo", "title": "Part", "prompt": part, "wait": False}),
        ]
        return [self.chosen.choice(steps) for _ in range(self.chosen.randint(1, 6))]

    def _answer(self) -> None:
        with self.shop.database.write() as session:
            wanted = select(TaskBlocker).where(TaskBlocker.state == BlockerState.OPEN)
            row = self._one(session.scalars(wanted).all())
            if row is not None:
                self.shop.desk.blockers.resolve(session, self._admin, row.task_id, row.id, "1994")
                self.tally["answers"] += 1

    def _decide(self) -> None:
        decisions = [Decision(Resolution.APPROVED, option="yes"), Decision(Resolution.REJECTED, note="No.")]
        with self.shop.database.write() as session:
            wanted = select(Approval.id).where(Approval.status == ApprovalStatus.PENDING)
            approval_id = self._one(session.scalars(wanted).all())
            if approval_id is not None:
                self.shop.resolver.resolve(session, self._admin, approval_id, self.chosen.choice(decisions))
                self.tally["decisions"] += 1

    def _pause(self) -> None:
        task_id = self._one(self._open_tasks())
        if task_id is not None and self.chosen.random() < 0.02:
            with self.shop.database.write() as session:
                self.shop.desk.interventions.pause(session, self._admin, task_id)
            self.tally["pauses"] += 1

    def _resume(self) -> None:
        with self.shop.database.write() as session:
            task_id = self._one(session.scalars(select(Task.id).where(Task.status == TaskStatus.PAUSED)).all())
            if task_id is not None:
                self.shop.desk.interventions.resume(session, self._admin, task_id, "Go on.")

    def _cancel(self) -> None:
        task_id = self._one(self._open_tasks())
        if task_id is not None and self.chosen.random() < 0.005:
            with self.shop.database.write() as session:
                self.shop.desk.interventions.cancel(session, self._admin, task_id)
            self.tally["called off"] += 1

    def _open_tasks(self) -> Sequence[str]:
        with self.shop.database.read() as session:
            return session.scalars(select(Task.id).where(Task.status.not_in(ENDED | {TaskStatus.FAILED}))).all()

    def _one(self, rows: Sequence[_T]) -> _T | None:
        return self.chosen.choice(rows) if rows else None


if __name__ == "__main__":
    sys.exit(main())
