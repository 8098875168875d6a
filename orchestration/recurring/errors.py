"""What can go wrong with tasks that come again and again."""

from __future__ import annotations

from kit.errors import Detail, Invalid, NotFound, Unprocessable


class RecurringTaskIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, recurring_id: str) -> None:
        super().__init__(f"there is no recurring task {recurring_id!r}")


class WrongVariable(Invalid):
    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"variableValues.{key}: {message}", details=[Detail(f"variableValues.{key}", message)])


class UnknownPlaceholder(Invalid):
    def __init__(self, key: str) -> None:
        message = f"{{{{{key}}}}} stands for no variable; name it among the variables"
        super().__init__(f"inputPrompt: {message}", details=[Detail("inputPrompt", message)])


class ValueIsMissing(Unprocessable):
    def __init__(self, keys: list[str]) -> None:
        super().__init__(f"values are missing for {', '.join(keys)}; set them in variableValues first")


class DatasetIsGone(Unprocessable):
    def __init__(self, dataset_id: str) -> None:
        super().__init__(f"dataset {dataset_id} is gone; delete this recurring task")
