"""docs/settings.md, as it has to be for the settings that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from kit.settings import Settings

PAGE = "docs/settings.md"
_BOUNDS = {"ge": "at least {}", "gt": "above {}", "le": "at most {}", "lt": "below {}"}


def settings_table() -> str:
    """A row for each setting, in the order of the class."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    rows += [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default is None else f"`{field.default}`"
    limits = "; ".join(_limits(field))
    meaning = f"{field.description} ({limits})" if limits else str(field.description)
    return f"| `CAIRN_{name.upper()}` | {default} | {meaning} |"


def _limits(field: FieldInfo) -> Iterator[str]:
    if get_origin(field.annotation) is Literal:
        yield ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    for rule in field.metadata:
        for attribute, words in _BOUNDS.items():
            if (bound := getattr(rule, attribute, None)) is not None:
                yield words.format(bound)
