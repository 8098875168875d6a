"""What can go wrong with approvals."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid, NotFound, Unprocessable


class ApprovalIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"there is no approval {approval_id!r}")


class ApprovalAlreadyDecided(Conflict):
    code = "CONFLICT"

    def __init__(self, approval_id: str, status: str) -> None:
        super().__init__(f"approval {approval_id} is {status} already")


class NothingToDecide(Conflict):
    code = "CONFLICT"

    def __init__(self, task_id: str, status: str) -> None:
        super().__init__(f"task {task_id} is {status} and waits for no decision")


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
