"""The vocabulary of work: tasks, the runs that do them, what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Json: TypeAlias = "Scalar | Sequence[Json] | Mapping[str, Json]"


class TaskStatus(StrEnum):
    """Which leads to which stands in `orchestration.tasks.machine`."""

    CREATED = "created"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_REVIEW = "awaiting_review"
    AWAITING_SUBTASK = "awaiting_subtask"
    BLOCKED = "blocked"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"
    REASSIGNED = "reassigned"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    CRITICAL = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3


class ActorKind(StrEnum):
    HUMAN = "human"
    AGENT = "agent"
    SYSTEM = "system"


class ProjectStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class RunState(StrEnum):
    """`waiting`: for a person's decision, as a row, not as a process."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


OPEN_RUNS = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING)


class WakeReason(StrEnum):
    """Why a task is run again."""

    CREATED = "created"
    RETRY = "retry"
    REVIEW_APPROVED = "review_approved"
    REVIEW_FEEDBACK = "review_feedback"
    RESUMED = "resumed"
    ANSWERED = "answered"
    SUBTASK_ENDED = "subtask_ended"


class WaitKind(StrEnum):
    """What a run may wait for in the middle of it, as a row."""

    QUESTION = "question"
    APPROVAL = "approval"
    SUBTASK = "subtask"


class BlockerState(StrEnum):
    """`withdrawn`: its task is over, so that nobody needs an answer."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class LinkKind(StrEnum):
    """`follow_up`: the other task came of what was said about this one."""

    FOLLOW_UP = "follow_up"


class CommentKind(StrEnum):
    COMMENT = "comment"
    INTERVENTION_NOTE = "intervention_note"


class TextFormat(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `id`: a person's, an agent's role, or a key's where a key stands for nobody else."""

    kind: ActorKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    kind: ActorKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class NewTask:
    """`project_id` None: the tenant's general one. `dataset_id`: who may not see that dataset sees nothing of the task.
    Nobody is assigned where `assignee_kind` is None. `needs_review`: a person approves what an agent brings.
    `workspace_id`: tokens of other workspaces see nothing of it. `tags` are words as their reader wrote them.
    `max_duration_seconds` bounds each run of an agent."""

    title: str
    kind: str
    prompt: str
    description: str = ""
    project_id: str | None = None
    parent_id: str | None = None
    dataset_id: str | None = None
    assignee_kind: ActorKind | None = None
    assignee_id: str | None = None
    priority: Priority = Priority.MEDIUM
    needs_review: bool = False
    workspace_id: str | None = None
    tags: str = ""
    estimated_minutes: int | None = None
    max_duration_seconds: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """None leaves a field as it is; names as of the row."""

    title: str | None = None
    description: str | None = None
    prompt: str | None = None
    kind: str | None = None
    priority: Priority | None = None
    project_id: str | None = None
    resolution: str | None = None
    max_duration_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectView:
    """`task_count` counts the tasks that the caller may see. `number` and `slug` are its other names."""

    id: str
    number: int
    slug: str
    name: str
    status: ProjectStatus
    task_count: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done next about a task. It is of that task's project and workspace, and about its dataset."""

    title: str
    prompt: str
    kind: str
    assignee_kind: ActorKind | None = None
    assignee_id: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Tasks that the caller may see: what this one follows, and what follows it, oldest first."""

    follows: str | None
    follow_ups: Sequence[str]


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """None is no condition. `words` all stand in what the task says, whatever their case. `assignees` are kinds with
    ids."""

    statuses: Sequence[TaskStatus] | None = None
    agent_role: str | None = None
    project_id: str | None = None
    project_slug: str | None = None
    project_number: int | None = None
    wake_reason: str | None = None
    priorities: Sequence[Priority] | None = None
    assignees: Sequence[tuple[ActorKind, str]] | None = None
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RunView:
    """`model` is what answered, costs are in US dollars."""

    id: str
    number: int
    state: RunState
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    started_at: datetime
    completed_at: datetime | None
    error: str | None

    @property
    def duration_ms(self) -> int:
        """0 while it has not ended."""
        if self.completed_at is None:
            return 0
        return round((self.completed_at - self.started_at).total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class CommentView:
    id: str
    text: str
    kind: CommentKind
    author: Actor
    mentions: Sequence[Mention]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BlockerView:
    """`person` is whom it is put to; None: anybody who may answer."""

    id: str
    task_id: str
    text: str
    state: BlockerState
    person: Actor | None
    created_by: Actor
    created_at: datetime
    answer: str | None
    resolved_by: Actor | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutputView:
    """The newest version of what a task has brought."""

    id: str
    text: str
    format: TextFormat
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TaskView:
    """`approval_id` is the newest approval that the task waited for. `number` is the task's other name, 0 for a moment
    while an older version is replaced."""

    id: str
    number: int
    title: str
    kind: str
    status: TaskStatus
    priority: Priority
    prompt: str
    description: str
    project_id: str
    project_name: str
    project_slug: str
    project_number: int
    parent_id: str | None
    dataset_id: str | None
    assignee: Actor | None
    approval_id: str | None
    wake_reason: str | None
    feedback: str | None
    needs_review: bool
    output_id: str | None
    tags: str
    resolution: str | None
    estimated_minutes: int | None
    max_duration_seconds: int | None
    cost_usd: float
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task with all that hangs on it; comments and runs oldest first."""

    task: TaskView
    output: OutputView | None
    comments: Sequence[CommentView]
    runs: Sequence[RunView]
    subtasks: Sequence[TaskView]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands to others: its run waits for those of `blocked_by`, runs of `blocks` wait for it. Oldest
    first."""

    blocked_by: Sequence[TaskView]
    blocks: Sequence[TaskView]
    parent: TaskView | None
    subtasks: Sequence[TaskView]


@dataclass(frozen=True, slots=True)
class EventView:
    """A line of a task's timeline; `number` counts from 1 within the task."""

    number: int
    at: datetime
    type: str
    actor: Actor
    data: Mapping[str, Json]
