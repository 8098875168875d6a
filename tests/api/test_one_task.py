"""One task on all surfaces that show it: through any life of it they agree on what it is.

`CAIRN_TEST_LIVES=500 pytest tests/api/test_one_task.py` tries as many; a few are tried each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.runtime import Runtime
from orchestration.tasks.errors import TaskCannotBecome
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Answer, Callers, Json
from tests.api.dashboard.work.conftest import ask as _ask
from tests.api.dashboard.work.office import move

ask = _ask
LIVES = int(os.environ.get("CAIRN_TEST_LIVES", "4"))
HERE, THERE = "/api/v1/tasks", "/dashboard/v1/activities"
INSIDE, PUBLIC = "/api/tasks", "/api/v1/public/tasks"

STATUSES = {
    ("created", "created"), ("assigned", "assigned"), ("in_progress", "in_progress"), ("review", "awaiting_approval"),
    ("review", "awaiting_review"), ("waiting", "awaiting_subtask"), ("blocked", "blocked"), ("paused", "blocked"),
    ("failed", "failed"), ("completed", "done"), ("reassigned", "reassigned"), ("closed", "failed"),
}  # fmt: skip
"""Pairs of words for one status: the command center's and the dashboard's."""
PLATFORM = {
    "created": "todo", "assigned": "todo", "reassigned": "todo", "in_progress": "in_progress", "review": "review",
    "waiting": "blocked", "blocked": "blocked", "paused": "blocked", "failed": "blocked", "completed": "done",
    "closed": "archived",
}  # fmt: skip
"""By the command center's word, the platform's; its public API says `cancelled` for `archived`."""
SAME = {
    "id": "id", "title": "title", "description": "description", "dataset_id": "datasetId",
    "specialist": "agentRole", "needs_approval": "needsApproval", "wake_reason": "wakeReason",
    "feedback": "reviewerFeedback", "created_at": "createdOn", "updated_at": "updatedOn",
}  # fmt: skip


@dataclass
class Life:
    """Of one task of an agent that is run elsewhere, so that nothing happens to it by itself."""

    callers: Callers
    runtime: Runtime
    ask: Callable[..., str]
    task: str

    @property
    def number(self) -> int:
        with self.runtime.database.read() as session:
            return self.runtime.teamwork.tasks.get(session, self.callers.principal, self.task).number

    def put(self, status: str) -> Answer:
        """At the platform."""
        return self.callers.admin.patch(f"{PUBLIC}/{self.number}", json={"status": status})

    def here(self, rest: str, body: Json | None = None) -> Answer:
        return self.callers.admin.post(f"{HERE}/{self.task}/{rest}", json=body)

    def there(self, rest: str, body: Json | None = None) -> Answer:
        return self.callers.admin.post(f"{THERE}/{self.task}/{rest}", json=body)

    def open_blocker(self) -> str:
        found = self.callers.admin.get(f"{HERE}/{self.task}/blockers").json()["blockers"]
        return next((one["id"] for one in found if one["status"] == "open"), "none")

    def approval(self) -> str:
        return str(self.callers.admin.get(f"{HERE}/{self.task}").json()["approval_id"])

    def work(self, status: TaskStatus) -> None:
        """What the agent does, where it may: as runs do, it brings and fails only what is in progress."""
        present = self.callers.admin.get(f"{HERE}/{self.task}").json()["status"]
        if status is not TaskStatus.IN_PROGRESS and present != "in_progress":
            return
        try:
            move(self.runtime, self.task, status)
        except TaskCannotBecome:
            return

    def request(self) -> None:
        try:
            self.ask(task_ids=[self.task])
        except TaskCannotBecome:
            return


@dataclass(repr=False)  # which is shown where a life goes wrong
class Lives:
    callers: Callers
    runtime: Runtime
    ask: Callable[..., str]

    def begin(self, *, here: bool) -> Life:
        """A new task, made at the one surface or the other."""
        body: Json = {"title": "Brief", "instructions": "What is new?", "specialist": "adros_deployer"}
        if not here:
            body = {"title": "Brief", "inputPrompt": "What is new?", "agentRole": "adros_deployer"}
        made = self.callers.admin.post(HERE if here else THERE, json=body)
        return Life(self.callers, self.runtime, self.ask, made.json()["id"])


@pytest.fixture
def lives(callers: Callers, runtime: Runtime, ask: Callable[..., str]) -> Lives:
    return Lives(callers, runtime, ask)


NOTE = {"resolution": "rejected", "note": "Shorter."}
ACTS: dict[str, Callable[[Life], Answer | None]] = {
    "begin": lambda life: life.work(TaskStatus.IN_PROGRESS),
    "fail": lambda life: life.work(TaskStatus.FAILED),
    "finish": lambda life: life.work(TaskStatus.DONE),
    "bring": lambda life: life.work(TaskStatus.AWAITING_REVIEW),
    "request": lambda life: life.request(),
    "pause here": lambda life: life.here("pause"),
    "pause there": lambda life: life.there("pause"),
    "resume here": lambda life: life.here("resume"),
    "resume there": lambda life: life.there("resume"),
    "instruct": lambda life: life.here("resume-with-instructions", {"instructions": "Shorter."}),
    "close here": lambda life: life.here("close"),
    "cancel there": lambda life: life.there("cancel"),
    "comment here": lambda life: life.here("comments", {"text": "Look."}),
    "comment there": lambda life: life.there("comments", {"text": "Look."}),
    "block here": lambda life: life.here("blockers", {"text": "Which year?"}),
    "block there": lambda life: life.there("blockers", {"text": "Which year?"}),
    "answer here": lambda life: life.here(f"blockers/{life.open_blocker()}/resolve", {"answer": "1994"}),
    "answer there": lambda life: life.there(f"blockers/{life.open_blocker()}/resolve", {"answer": "1994"}),
    "approve": lambda life: life.here("approve"),
    "reject": lambda life: life.here("reject", {"feedback": "Shorter."}),
    "resolve there": lambda life: life.callers.admin.post(
        f"/dashboard/v1/approvals/{life.approval()}/resolve", json=NOTE
    ),
    "retry": lambda life: life.there("retry"),
    "to do": lambda life: life.put("todo"),
    "under way": lambda life: life.put("in_progress"),
    "up for review": lambda life: life.put("review"),
    "done": lambda life: life.put("done"),
    "blocked": lambda life: life.put("blocked"),
    "archive": lambda life: life.callers.admin.delete(f"{PUBLIC}/{life.number}"),
}
ENDS = {"completed", "closed"}
"""Nothing leads on from here."""
NOTHING_TO_DO = {("done", "completed"), ("archive", "closed")}
"""What is so already may be asked for again."""


def check(life: Life, before: str) -> str:
    """The surfaces agree. Returns the status in the command center's words."""
    reader = life.callers.reviewer
    one: Json = reader.get(f"{HERE}/{life.task}").json()
    other: Json = reader.get(f"{THERE}/{life.task}").json()
    assert (one["status"], other["status"]) in STATUSES
    assert {name: one[name] for name in SAME} == {name: other.get(match) for name, match in SAME.items()}
    assert (one["project_id"], one["instructions"]) == (other["campaign"]["id"], other["inputPrompt"])
    assert [(c["id"], c["text"]) for c in one["comments"]] == [(c["id"], c["text"]) for c in other["comments"]]
    query = {"limit": 200, "specialist": one["specialist"]}
    assert _listed(reader.get(HERE, params=query).json()["tasks"], life) == one["status"]
    in_project = reader.get(f"/api/v1/projects/{one['project_id']}/tasks", params={"limit": 200}).json()["tasks"]
    assert _listed(in_project, life) == one["status"]
    query = {"limit": 200, "filter[agentRole]": one["specialist"]}
    assert _listed(reader.get(THERE, params=query).json()["data"], life) == other["status"]
    _check_what_waits(life, one, other)
    _check_the_platform(life, one)
    events = reader.get(f"{HERE}/{life.task}/events").json()["events"]
    steps = [event["data"]["to"] for event in events if event["type"] == "status_changed"]
    assert steps[-1] == one["status"]
    assert before not in ENDS or one["status"] == before
    return str(one["status"])


def _check_the_platform(life: Life, one: Json) -> None:
    reader, number = life.callers.reviewer, life.number
    inside: Json = reader.get(f"{INSIDE}/{number}").json()["data"]
    public: Json = reader.get(f"{PUBLIC}/{number}").json()["data"]
    shown = PLATFORM[one["status"]]
    assert (inside["status"], public["status"]) == (shown, "cancelled" if shown == "archived" else shown)
    assert (inside["title"], inside["description"]) == (one["title"], one["description"] or one["instructions"])
    assert (inside["assignee"], public["assigned_to"]) == (one["specialist"], one["specialist"])
    assert (inside["id"], inside["created_at"], inside["updated_at"]) == (
        public["id"], one["created_at"], one["updated_at"]
    )  # fmt: skip
    assert bool(inside["blockers"]) is (one["status"] == "blocked")
    query = {"limit": 200, "assignee": one["specialist"], "status": shown}
    assert number in {task["id"] for task in reader.get(INSIDE, params=query).json()["data"]}
    query = {"limit": 200, "assigned_to": one["specialist"], "status": public["status"]}
    assert number in {task["id"] for task in reader.get(PUBLIC, params=query).json()["data"]}


def _listed(found: list[Json], life: Life) -> str:
    return next(str(one["status"]) for one in found if one["id"] == life.task)


def _check_what_waits(life: Life, one: Json, other: Json) -> None:
    reader = life.callers.reviewer
    here = reader.get(f"{HERE}/{life.task}/blockers").json()["blockers"]
    there = reader.get(f"{THERE}/{life.task}/blockers").json()["data"]
    assert [(b["id"], b["status"], b["text"]) for b in here] == [(b["id"], b["status"], b["text"]) for b in there]
    assert any(b["status"] == "open" for b in here) is (one["status"] == "blocked")
    pending = reader.get("/api/v1/approvals/pending", params={"limit": 200}).json()["approvals"]
    waiting = {task["id"]: approval["id"] for approval in pending for task in approval["tasks"]}
    assert (life.task in waiting) is (other["status"] == "awaiting_approval")
    listed = reader.get("/dashboard/v1/approvals", params={"limit": 200}).json()["data"]
    assert {approval["id"] for approval in listed} == {approval["id"] for approval in pending}


@settings(
    max_examples=LIVES, derandomize=LIVES < 50, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=4, max_size=12), here=st.booleans())
@pytest.mark.timeout(0 if LIVES > 50 else 300)
def test_a_task_is_the_same_everywhere_through_its_whole_life(lives: Lives, acts: list[str], *, here: bool) -> None:
    life = lives.begin(here=here)
    status = check(life, "")
    for act in acts:
        answer = ACTS[act](life)
        assert answer is None or answer.status_code in {200, 201, 202, 400, 404, 409, 422}, answer.text
        if status in ENDS and "comment" not in act and (act, status) not in NOTHING_TO_DO:
            assert answer is None or answer.status_code >= 400, f"{act} of what is {status}"
        status = check(life, status)
    if status not in ENDS:  # so that lists stay short
        life.here("close")
