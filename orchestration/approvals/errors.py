"""What can go wrong with approvals."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid, NotFound, Unprocessable
from orchestration.approvals.types import ApprovalStatus
from orchestration.tasks.types import TaskStatus
from orchestration.tasks.wording import NamesStatuses, StatusWords, word_of


class ApprovalIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"there is no approval {approval_id!r}")


class ApprovalAlreadyDecided(NamesStatuses, Conflict):
    code = "CONFLICT"

    def __init__(self, approval_id: str, status: str) -> None:
        self._approval_id, self._status = approval_id, ApprovalStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        return f"approval {self._approval_id} is {word_of(self._status, words)} already"


class NothingToDecide(NamesStatuses, Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, status: str) -> None:
        self._task_id, self._status = task_id, TaskStatus(status)
        super().__init__()

    def in_words(self, words: StatusWords) -> str:
        return f"task {self._task_id} is {word_of(self._status, words)} and waits for no decision"


class NoteIsMissing(Invalid):
    def __init__(self, resolution: str) -> None:
        message = f"is required when resolution is {resolution}: say why"
        super().__init__(f"note: {message}", details=[Detail("note", message)])


class OptionIsMissing(Unprocessable):
    def __init__(self, options: list[str]) -> None:
        message = f"choose one of {', '.join(map(repr, options))}"
        super().__init__(f"selectedOption: {message}", details=[Detail("selectedOption", message)])


class NoSuchOption(Invalid):
    def __init__(self, option: str, options: list[str]) -> None:
        known = f"one of {', '.join(map(repr, options))}" if options else "none, for this approval has no options"
        message = f"should be {known}, but is {option[:100]!r}"
        super().__init__(f"selectedOption: {message}", details=[Detail("selectedOption", message)])
