"""Refusals name statuses and fields in the command center's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Callers, Json
from tests.api.command_center.shapes import ASKED, STATUS, TASKS
from tests.api.dashboard.work.conftest import Ask
from tests.api.dashboard.work.office import move

CANCELLED, DONE = (TaskStatus.CANCELLED,), (TaskStatus.IN_PROGRESS, TaskStatus.DONE)
WAITING = (TaskStatus.IN_PROGRESS, TaskStatus.AWAITING_SUBTASK)


@pytest.mark.parametrize(
    ("statuses", "call", "said"),
    [
        (CANCELLED, ("close", None), "is closed already"),
        (CANCELLED, ("approve", None), "is closed and waits for no decision"),
        (CANCELLED, ("resume", None), "is closed; only what was paused is resumed"),
        (DONE, ("pause", None), "is completed and cannot become paused"),
        (DONE, ("close", None), "is completed and cannot become closed"),
        (WAITING, ("reject", {"feedback": "More"}), "is waiting and waits for no decision"),
        (WAITING, ("blockers", {"text": "Which?"}), "is waiting and cannot become blocked"),
    ],
)
def test_a_refusal_says_what_the_task_is_shown_as(
    callers: Callers, runtime: Runtime, statuses: tuple[TaskStatus, ...], call: tuple[str, Json | None], said: str
) -> None:
    action, body = call
    task = callers.admin.post(TASKS, json=ASKED).json()["id"]
    move(runtime, task, *statuses)
    answer = callers.admin.post(f"{TASKS}/{task}/{action}", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"task {task} {said}")
    assert callers.admin.get(f"{TASKS}/{task}").json()["status"] in STATUS & set(said.replace(";", "").split())


def test_a_choice_is_asked_for_by_its_field(callers: Callers, ask: Ask, working: Callable[[], str]) -> None:
    task = working()
    ask(task_ids=[task], options=["a", "b"])
    missing = callers.admin.post(f"{TASKS}/{task}/approve")
    assert (missing.status_code, missing.json()["detail"]) == (422, "option: choose one of 'a', 'b'")
    assert [one["field"] for one in missing.json()["errors"]] == ["option"]


def test_nobody_is_asked_for_by_the_field_of_this_surface(callers: Callers) -> None:
    answer = callers.admin.post(TASKS, json=ASKED | {"specialist": "nobody"})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["specialist"])
    assert answer.json()["detail"].startswith("specialist: ")
