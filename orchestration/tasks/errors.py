"""What can go wrong with tasks."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid, NotFound, Unprocessable
from orchestration.tasks.types import BlockerState, ProjectStatus, TaskStatus
from orchestration.tasks.wording import NamesStatuses, StatusWords, word_of


class TaskIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, task_id: str) -> None:
        super().__init__(f"there is no task {task_id!r}")


class ProjectIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"there is no project {project_id!r}")


class UnknownProject(Invalid):
    def __init__(self, field: str, value: str) -> None:
        message = f"{value!r} is none that there is"
        super().__init__(f"{field}: {message}", details=[Detail(field, message)])


class ProjectIsThere(Conflict):
    code = "CONFLICT"

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is a project {slug!r} already; choose another name or slug")


class OutputIsNotThere(NamesStatuses, NotFound):
    code = "NOT_FOUND"

    def __init__(self, task_id: str, status: str) -> None:
        self._task_id, self._status = task_id, TaskStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        return f"task {self._task_id} has no output yet; it is {word_of(self._status, words)}"


class TaskCannotBecome(NamesStatuses, Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, present: TaskStatus, wanted: TaskStatus) -> None:
        self._task_id, self.present, self.wanted = task_id, present, wanted
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        present, wanted = word_of(self.present, words), word_of(self.wanted, words)
        if present == wanted:
            return f"task {self._task_id} is {present} already"
        return f"task {self._task_id} is {present} and cannot become {wanted}"


class TaskHasNotFailed(NamesStatuses, Unprocessable):
    def __init__(self, task_id: str, status: str) -> None:
        self._task_id, self._status = task_id, TaskStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        status, failed = word_of(self._status, words), word_of(TaskStatus.FAILED, words)
        present = "was called off" if status == failed else f"is {status}"
        return f"task {self._task_id} {present}; only {failed} ones are tried again"


class TaskIsAPersons(Unprocessable):
    def __init__(self, task_id: str) -> None:
        super().__init__(f"task {task_id} is a person's; only an agent's are tried again")


class ProjectIsResting(NamesStatuses, Unprocessable):
    def __init__(self, task_id: str, status: str) -> None:
        self._task_id, self._status = task_id, ProjectStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        status = word_of(self._status, words)
        return f"task {self._task_id} belongs to a campaign that is {status}; set the campaign going first"


class MentionsNobody(Invalid):
    def __init__(self, mention: str, remedy: str) -> None:
        message = f"{mention} is nobody here; {remedy}"
        super().__init__(message, details=[Detail("text", message)])


class UnknownAssignee(Invalid):
    def __init__(self, field: str, value: str) -> None:
        message = f"{value!r} is nobody who could do this"
        super().__init__(f"{field}: {message}", details=[Detail(field, message)])


class BlockerIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, blocker_id: str, task_id: str) -> None:
        super().__init__(f"there is no blocker {blocker_id!r} of task {task_id}")


class BlockerIsClosed(NamesStatuses, Conflict):
    code = "CONFLICT"

    def __init__(self, blocker_id: str, state: str) -> None:
        self._blocker_id, self._state = blocker_id, BlockerState(state)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        return f"blocker {self._blocker_id} is {word_of(self._state, words)} already"


class TaskIsNotPaused(NamesStatuses, Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, status: str) -> None:
        self._task_id, self._status = task_id, TaskStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        return f"task {self._task_id} is {word_of(self._status, words)}; only what was paused is resumed"
