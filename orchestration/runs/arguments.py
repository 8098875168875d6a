"""Arguments of tools, as models give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kit.errors import Invalid
from orchestration.tasks.types import Json


def text_of(arguments: Mapping[str, Json], name: str, *, longest: int) -> str:
    """Invalid where it is none, says nothing, or is too long."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{name} is {value!r}; send a text that is not empty")
    if len(value) > longest:
        raise Invalid(f"{name} has {len(value)} characters; send at most {longest}")
    return value.strip()


def text_if_given(arguments: Mapping[str, Json], name: str, *, longest: int) -> str | None:
    return None if arguments.get(name) in {None, ""} else text_of(arguments, name, longest=longest)


def word_of(arguments: Mapping[str, Json], name: str, words: Sequence[str], *, default: str) -> str:
    value = arguments.get(name, default)
    if value not in words:
        raise Invalid(f"{name} is {value!r}; send one of {', '.join(words)}")
    return str(value)


def texts_of(arguments: Mapping[str, Json], name: str, *, most: int, longest: int) -> Sequence[str]:
    """A list of different texts, empty where none is given."""
    value = arguments.get(name) or []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
        raise Invalid(f"{name} is {value!r:.200}; send a list of at most {most} texts")
    texts = [text_of({name: one}, name, longest=longest) for one in value]
    if len(set(texts)) < len(texts):
        raise Invalid(f"{name} names the same twice: {', '.join(map(repr, texts))}")
    return texts


def number_of(arguments: Mapping[str, Json], name: str, *, least: float, most: float, default: float) -> float:
    value = arguments.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Invalid(f"{name} is {value!r}; send a number from {least:g} to {most:g}")
    return float(value)


def whole_number_of(
    arguments: Mapping[str, Json], name: str, *, least: int, most: int, default: int | None = None
) -> int:
    """Models give 3.0 for 3. Without a default it has to be given."""
    value = arguments.get(name, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(f"{name} is {value!r}; send a whole number from {least} to {most}")
    return value


def truth_of(arguments: Mapping[str, Json], name: str, *, default: bool) -> bool:
    value = arguments.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(f"{name} is {value!r}; send true or false")
    return value
