"""A task's status and priority in the platform's words: those of /api/tasks, and those of its public API.

The platform knows fewer states than there are. What waits for a subtask, was paused or has failed shows as blocked: it
does not go on by itself. Where it sends a word, that becomes the state that `WRITTEN` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

from kit.errors import CairnError, Conflict, Detail, Invalid
from orchestration.tasks.errors import TaskCannotBecome
from orchestration.tasks.types import Priority, TaskStatus

T = TypeVar("T")


class TaskWord(StrEnum):
    TODO = "todo"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    DONE = "done"
    BLOCKED = "blocked"
    ARCHIVED = "archived"


class TaskRank(StrEnum):
    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


SHOWN: Mapping[TaskStatus, TaskWord] = {
    TaskStatus.CREATED: TaskWord.TODO,
    TaskStatus.ASSIGNED: TaskWord.TODO,
    TaskStatus.REASSIGNED: TaskWord.TODO,
    TaskStatus.IN_PROGRESS: TaskWord.IN_PROGRESS,
    TaskStatus.AWAITING_APPROVAL: TaskWord.REVIEW,
    TaskStatus.AWAITING_REVIEW: TaskWord.REVIEW,
    TaskStatus.AWAITING_SUBTASK: TaskWord.BLOCKED,
    TaskStatus.BLOCKED: TaskWord.BLOCKED,
    TaskStatus.PAUSED: TaskWord.BLOCKED,
    TaskStatus.FAILED: TaskWord.BLOCKED,
    TaskStatus.DONE: TaskWord.DONE,
    TaskStatus.CANCELLED: TaskWord.ARCHIVED,
}
WRITTEN: Mapping[TaskWord, TaskStatus] = {
    TaskWord.TODO: TaskStatus.CREATED,
    TaskWord.IN_PROGRESS: TaskStatus.IN_PROGRESS,
    TaskWord.REVIEW: TaskStatus.AWAITING_REVIEW,
    TaskWord.DONE: TaskStatus.DONE,
    TaskWord.BLOCKED: TaskStatus.BLOCKED,
    TaskWord.ARCHIVED: TaskStatus.CANCELLED,
}
RANKS: Mapping[Priority, TaskRank] = {
    Priority.CRITICAL: TaskRank.P0,
    Priority.HIGH: TaskRank.P1,
    Priority.MEDIUM: TaskRank.P2,
    Priority.LOW: TaskRank.P3,
}


def statuses_of(words: str) -> tuple[TaskStatus, ...]:
    """Of a comma-separated list. Invalid for a word that is none of them."""
    wanted = {_word(word.strip()) for word in words.split(",")}
    return tuple(status for status, word in SHOWN.items() if word in wanted)


def priorities_of(ranks: str) -> tuple[Priority, ...]:
    """Of a comma-separated list. Invalid for a word that is none of them."""
    known = {rank.value: priority for priority, rank in RANKS.items()}
    return tuple(_one_of(known, rank.strip(), "priority") for rank in ranks.split(","))


def priority_of(rank: TaskRank) -> Priority:
    return next(priority for priority, shown in RANKS.items() if shown is rank)


@contextmanager
def in_own_words(task_id: str, number: int, words: Mapping[TaskStatus, StrEnum]) -> Iterator[None]:
    """What is refused inside names the task by its number, and states as the caller knows them."""
    try:
        yield
    except TaskCannotBecome as error:
        present, wanted = words[TaskStatus(error.present)], words[TaskStatus(error.wanted)]
        raise Conflict(f"task {number} is {present} and cannot become {wanted}") from error
    except CairnError as error:
        error.message = error.message.replace(task_id, str(number))
        raise


def _word(word: str) -> TaskWord:
    return _one_of({one.value: one for one in TaskWord}, word, "status")


def _one_of(known: Mapping[str, T], word: str, field: str) -> T:
    found = known.get(word)
    if found is None:
        message = f"{word!r} is none of {', '.join(known)}"
        raise Invalid(f"{field}: {message}", details=[Detail(field, message)])
    return found
