"""What tests of activities do over and over."""

from __future__ import annotations

from orchestration.runtime import Runtime
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Caller, Json
from tests.api.dashboard.work.shapes import ACTIVITY_SUMMARY, departures

ACTIVITIES = "/dashboard/v1/activities"
ASKED = {"title": "Brief", "inputPrompt": "Who made the bread oven?", "agentRole": "researcher"}


def asked(caller: Caller, **fields: object) -> str:
    """A new activity, for the researcher unless said otherwise."""
    answer = caller.post(ACTIVITIES, json=ASKED | fields)
    assert answer.status_code == 201, answer.text
    assert list(departures(answer.json(), ACTIVITY_SUMMARY)) == []
    return str(answer.json()["id"])


def settled(caller: Caller, activity: str) -> Json:
    """As it is once nobody works on it."""

    def look() -> Json:
        found: Json = caller.get(f"{ACTIVITIES}/{activity}").json()
        return found

    return caller.until(look, lambda seen: seen["status"] not in {"created", "assigned", "in_progress"})


def move(runtime: Runtime, activity: str, *statuses: TaskStatus) -> None:
    moves = runtime.teamwork.desk.moves
    with runtime.database.write() as session:
        task = repository.hold(session, activity)
        for status in statuses:
            moves.move(session, task, status, SYSTEM)
