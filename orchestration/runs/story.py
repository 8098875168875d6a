"""A task's present run as it is told to one who watches: from its first turn, and to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetNames
from kit.db.database import Database
from kit.events.types import Happened
from orchestration.runs.conversation import awaited_of
from orchestration.tasks import repository
from orchestration.tasks.errors import TaskIsNotThere
from orchestration.tasks.events import TEXT_DELTA, topic_of
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.run_models import RunTurn
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Json, RunState, TaskStatus

_UNDER_WAY = {TaskStatus.CREATED, TaskStatus.ASSIGNED, TaskStatus.REASSIGNED, TaskStatus.IN_PROGRESS}


class LineKind(StrEnum):
    TEXT_DELTA = "text_delta"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    COMPLETED = "completed"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Line:
    kind: LineKind
    data: Mapping[str, Json]


@dataclass(slots=True)
class Story:
    """Rows are what is told; events say that there may be more, and bring the text of a turn that is not finished. So
    whoever comes late misses nothing, and the deltas of a turn put together are its text. A turn that was begun anew,
    because its worker died, is told anew.

    A tool's result names passages by citation and says nothing of what they hold: whoever wants to read one resolves
    the citation, as long as it is there for the caller.
    """

    database: Database
    names: DatasetNames
    principal: Principal
    task_id: str
    is_over: bool = False
    _run: str | None = None
    _turns: int = 0
    _text: str = ""

    @property
    def topic(self) -> str:
        return topic_of(self.task_id)

    def next(self, events: Sequence[Happened]) -> Sequence[Line]:
        """What there is to tell since the last time. The story is over with the run, or when the task is not there for
        the caller any more."""
        with self.database.read() as session:
            try:
                task = repository.get(session, sight_of(session, self.principal, self.names), self.task_id)
            except TaskIsNotThere:
                self.is_over = True
                return ()
            run = repository.newest_run(session, task.id)
            return list(self._told(session, task, run, events))

    def _told(self, session: Session, task: Task, run: TaskRun | None, events: Sequence[Happened]) -> Iterator[Line]:
        if run is not None:
            if run.id != self._run:
                self._run, self._turns, self._text = run.id, 0, ""
            awaited = awaited_of(session, run.id)
            wanted = select(RunTurn).where(RunTurn.run_id == run.id, RunTurn.number > self._turns)
            for turn in session.scalars(wanted.order_by(RunTurn.number)):
                yield from self._turn(turn, awaited)
            yield from self._deltas(events)
        if task.status not in _UNDER_WAY:
            self.is_over = True
            yield self._end(TaskStatus(task.status), run)

    def _turn(self, turn: RunTurn, awaited: Mapping[tuple[int, str], str | None]) -> Iterator[Line]:
        """A call whose result is awaited is told without one."""
        rest = turn.text.removeprefix(self._text)
        self._turns, self._text = turn.number, ""
        if rest:
            yield self._line(LineKind.TEXT_DELTA, delta=rest)
        for call in turn.calls:
            yield self._line(LineKind.TOOL_CALL, name=call["name"], input=call["arguments"])
            result = call["result"] if call["result"] is not None else awaited.get((turn.number, call["id"]))
            if result is not None:
                yield self._line(LineKind.TOOL_RESULT, name=call["name"], output=_shown(json.loads(result)))

    def _deltas(self, events: Sequence[Happened]) -> Iterator[Line]:
        for event in events:
            data = event.data
            if event.type != TEXT_DELTA or (data["runId"], data["turn"]) != (self._run, self._turns + 1):
                continue
            if data["offset"] == 0:
                self._text = ""
            if data["offset"] == len(self._text):
                delta = str(data["delta"])
                self._text += delta
                yield self._line(LineKind.TEXT_DELTA, delta=delta)

    def _end(self, status: TaskStatus, run: TaskRun | None) -> Line:
        if status is TaskStatus.CANCELLED:
            return self._line(LineKind.ERROR, error="cancelled")
        if status is not TaskStatus.FAILED:
            return self._line(LineKind.COMPLETED, status=status.value)
        if run is not None and run.state == RunState.TIMEOUT:
            return self._line(LineKind.ERROR, error="timeout")
        return self._line(LineKind.ERROR, error=(run.error if run else None) or "failed")

    def _line(self, kind: LineKind, **data: Json) -> Line:
        return Line(kind, {**data, "activityId": self.task_id})


def _shown(result: Mapping[str, Any]) -> Mapping[str, Json]:
    """Without what stands in files: names of datasets and headings are such, too."""
    if "sections" in result:
        return {"sections": [{"chunkId": one["chunk_id"]} for one in result["sections"]]}
    if "passages" not in result:
        return {**result, "datasets": len(result["datasets"])} if "datasets" in result else result
    passages = [{"citation": one["citation"], "chunkId": one["chunk_id"]} for one in result["passages"]]
    return {"passages": passages}
