"""What stands in a prompt for what is filled in each time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orchestration.recurring.errors import UnknownPlaceholder, ValueIsMissing, WrongVariable
from orchestration.recurring.types import Variable, VariableType
from orchestration.tasks.types import Scalar

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z][\w-]{0,63})\s*\}\}")


def check_prompt(prompt: str, variables: Sequence[Variable]) -> None:
    """UnknownPlaceholder for the first that stands for nothing."""
    known = {one.key for one in variables}
    for match in _PLACEHOLDER.finditer(prompt):
        if match[1] not in known:
            raise UnknownPlaceholder(match[1])


def check_values(values: Mapping[str, Scalar], variables: Sequence[Variable]) -> None:
    """WrongVariable for a value of nothing, or of another type. None clears a value."""
    types = {one.key: one.type for one in variables}
    for key, value in values.items():
        if key not in types:
            raise WrongVariable(key, f"is none of the variables, which are: {', '.join(types) or 'none'}")
        if value is not None and not _is_of(types[key], value):
            raise WrongVariable(key, f"should be a {types[key]}, but is {str(value)[:100]!r}")


def filled(prompt: str, variables: Sequence[Variable], values: Mapping[str, Scalar]) -> str:
    """The prompt with its values; nothing for those that need none. ValueIsMissing. A value is text and nothing else:
    placeholders within it stay as they are."""
    missing = [one.key for one in variables if one.required and values.get(one.key) in {None, ""}]
    if missing:
        raise ValueIsMissing(missing)
    return _PLACEHOLDER.sub(lambda match: _text(values.get(match[1])), prompt)


def _is_of(kind: VariableType, value: Scalar) -> bool:
    match kind:
        case VariableType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case VariableType.BOOLEAN:
            return isinstance(value, bool)
        case VariableType.TEXT:
            return isinstance(value, str)


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
