"""What can go wrong with tasks."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid, NotFound, Unprocessable


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


class OutputIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, task_id: str, status: str) -> None:
        super().__init__(f"task {task_id} has no output yet; it is {status}")


class TaskCannotBecome(Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, present: str, wanted: str) -> None:
        super().__init__(f"task {task_id} is {present} and cannot become {wanted}")
        self.present, self.wanted = present, wanted


class TaskHasNotFailed(Unprocessable):
    def __init__(self, task_id: str, status: str) -> None:
        super().__init__(f"task {task_id} is {status}; only failed ones are tried again")


class ProjectIsResting(Unprocessable):
    def __init__(self, task_id: str, status: str) -> None:
        super().__init__(f"task {task_id} belongs to a campaign that is {status}; set the campaign going first")


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


class BlockerIsClosed(Conflict):
    code = "CONFLICT"

    def __init__(self, blocker_id: str, state: str) -> None:
        super().__init__(f"blocker {blocker_id} is {state} already")


class TaskIsNotPaused(Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, status: str) -> None:
        super().__init__(f"task {task_id} is {status}; only paused ones are resumed")
