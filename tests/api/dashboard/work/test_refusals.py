"""Refusals name statuses in the dashboard's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.work.conftest import Ask
from tests.api.dashboard.work.office import ACTIVITIES, asked, move
from tests.api.dashboard.work.shapes import ACTIVITY_STATUS

CANCELLED, PAUSED = (TaskStatus.CANCELLED,), (TaskStatus.PAUSED,)


@pytest.mark.parametrize(
    ("statuses", "call", "said"),
    [
        (CANCELLED, "POST /retry", "was called off; only failed ones are tried again"),
        (CANCELLED, "POST /resume", "is failed; only what was paused is resumed"),
        (CANCELLED, "POST /pause", "is failed and cannot become blocked"),
        (CANCELLED, "POST /cancel", "is failed already"),
        (CANCELLED, "GET /output", "has no output yet; it is failed"),
        (PAUSED, "POST /blockers", "is blocked already"),
        (PAUSED, "POST /retry", "is blocked; only failed ones are tried again"),
    ],
)
def test_a_refusal_says_what_the_activity_is_shown_as(
    callers: Callers, runtime: Runtime, statuses: tuple[TaskStatus, ...], call: str, said: str
) -> None:
    activity = asked(callers.admin, agentRole="adros_deployer")
    move(runtime, activity, *statuses)
    method, path = call.split()
    body: Json | None = {"text": "What for?"} if path == "/blockers" else None
    answer = callers.admin.request(method, f"{ACTIVITIES}/{activity}{path}", json=body)
    assert answer.status_code in {404, 409, 422}
    message = error_of(answer)["message"]
    assert message == f"task {activity} {said}"
    for status in TaskStatus:
        assert status in ACTIVITY_STATUS or f"is {status}" not in message


def test_a_persons_activity_is_not_tried_again(callers: Callers, runtime: Runtime, working: Callable[[], str]) -> None:
    activity = working()
    move(runtime, activity, TaskStatus.FAILED)
    answer = callers.admin.post(f"{ACTIVITIES}/{activity}/retry")
    assert (answer.status_code, "is a person's" in error_of(answer)["message"]) == (422, True)


def test_an_approval_that_was_withdrawn_shows_as_expired(callers: Callers, runtime: Runtime, ask: Ask) -> None:
    approval = ask()
    with runtime.database.write() as session:
        assert runtime.teamwork.desk.closer.withdraw(session, [approval]) == [approval]
    path = f"/dashboard/v1/approvals/{approval}"
    answer = callers.admin.post(f"{path}/resolve", json={"resolution": "approved"})
    assert answer.status_code == 409
    assert error_of(answer)["message"] == f"approval {approval} is expired already"
    assert callers.admin.get(path).json()["status"] == "expired"
