"""What a model says, told to those who watch while it says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from kit.clock import Clock
from kit.db.database import Database
from kit.events.outbox import publish
from kit.events.types import NewEvent
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.runs.progress import Standing
from orchestration.tasks.events import TEXT_DELTA, topic_of

EVERY = 0.25
"""Seconds between two times: as often as watchers look (kit.events.feed). A reply that is over sooner is told by its
turn alone."""


@dataclass(slots=True)
class LiveText:
    """`text` is all of it. Telling holds the job, so a run that was called off, or a lease that is lost, ends the reply
    by LeaseLost."""

    database: Database
    jobs: JobQueue
    clock: Clock
    claim: Claim
    standing: Standing
    text: str = ""
    _told: int = 0
    _at: float = field(default_factory=monotonic)

    def add(self, delta: str) -> None:
        self.text += delta
        if monotonic() - self._at >= EVERY and self._told < len(self.text):
            self._tell()

    def _tell(self) -> None:
        about = self.standing
        data: dict[str, str | int] = {
            "activityId": about.task_id,
            "runId": about.run_id,
            "turn": about.turn,
            "offset": self._told,
            "delta": self.text[self._told :],
        }
        event = NewEvent(TEXT_DELTA, about.agent.tenant_id, data, about.dataset_id, topic_of(about.task_id))
        with self.database.write() as session:
            self.jobs.hold(session, self.claim)
            publish(session, event, at=self.clock.now())
        self._told, self._at = len(self.text), monotonic()
