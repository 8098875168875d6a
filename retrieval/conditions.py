"""Conditions on a file's labels that go beyond "any of these values": ranges, presence, and all, any and not of them.

A condition is a tree of the structs below, which travel to an engine's process as they are. Labels are text; one whose
text is a number or an ISO 8601 date has a value as well, which ranges look at (`typed`). A file without the label is
outside every range.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from kit.errors import Detail

MOST_DEPTH = 8
MOST_LEAVES = 200

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].{1,40})?", re.ASCII)


class AnyOf(msgspec.Struct, array_like=True, tag="in", frozen=True):
    """The label `key` has one of `values`; none of them: nothing matches."""

    key: str
    values: tuple[str, ...]


class Present(msgspec.Struct, array_like=True, tag="has", frozen=True):
    """The file has a label `key`."""

    key: str


class Within(msgspec.Struct, array_like=True, tag="range", frozen=True):
    """The value of label `key` lies between the bounds; an open one is None. `dates`: bounds and values are seconds
    since 1970, and numbers do not match, nor dates where it is False."""

    key: str
    dates: bool
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None


class AllOf(msgspec.Struct, array_like=True, tag="all", frozen=True):
    """Every part holds; without parts, always."""

    parts: tuple[Condition, ...]


class OneOf(msgspec.Struct, array_like=True, tag="any", frozen=True):
    """At least one part holds; without parts, never."""

    parts: tuple[Condition, ...]


class NoneOf(msgspec.Struct, array_like=True, tag="not", frozen=True):
    """No part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = AnyOf | Present | Within | AllOf | OneOf | NoneOf


class Typed(msgspec.Struct, frozen=True):
    """A label's value: a number, or with `dates` seconds since 1970."""

    dates: bool
    value: float


def typed(text: str) -> Typed | None:
    """What a label's text stands for. A date alone is its first moment, and a time without a zone is UTC's."""
    if _NUMBER.fullmatch(text):
        number = float(text)
        return Typed(dates=False, value=number) if math.isfinite(number) else None
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return Typed(dates=True, value=(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def value_key(key: str, *, dates: bool) -> str:
    """How an engine names the value of a label: numbers and dates of one key are kept apart."""
    return f"{'d' if dates else 'n'}:{key}"


def holds(condition: Condition, labels: Mapping[str, str]) -> bool:
    """The same as engines answer, for one file's labels."""
    match condition:
        case AnyOf(key, values):
            return labels.get(key) in values
        case Present(key):
            return key in labels
        case Within():
            return _within(condition, labels)
        case AllOf(parts):
            return all(holds(part, labels) for part in parts)
        case OneOf(parts):
            return any(holds(part, labels) for part in parts)
        case NoneOf(parts):
            return not any(holds(part, labels) for part in parts)


def _within(condition: Within, labels: Mapping[str, str]) -> bool:
    found = typed(labels.get(condition.key, ""))
    if found is None or found.dates is not condition.dates:
        return False
    value = found.value
    return (
        (condition.gt is None or value > condition.gt)
        and (condition.gte is None or value >= condition.gte)
        and (condition.lt is None or value < condition.lt)
        and (condition.lte is None or value <= condition.lte)
    )


def said(condition: Condition) -> str:
    """In words, for people."""
    match condition:
        case AnyOf(key, values):
            return f"metadata.{key} is one of {', '.join(values) or 'none'}"
        case Present(key):
            return f"metadata.{key} is there"
        case Within():
            return f"metadata.{condition.key} {' and '.join(_bounds(condition)) or 'has a value'}"
        case AllOf(parts):
            return _joined(parts, " and ") or "always"
        case OneOf(parts):
            return _joined(parts, " or ") or "never"
        case NoneOf(parts):
            return f"not ({_joined(parts, ' or ')})"


def _joined(parts: Sequence[Condition], word: str) -> str:
    inner = [said(part) for part in parts]
    return inner[0] if len(inner) == 1 else word.join(f"({one})" for one in inner)


def _bounds(condition: Within) -> Iterator[str]:
    shown: Callable[[float], str] = _date if condition.dates else "{:g}".format
    for sign, bound in ((">", condition.gt), ("≥", condition.gte), ("<", condition.lt), ("≤", condition.lte)):
        if bound is not None:
            yield f"{sign} {shown(bound)}"


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def problems(condition: Condition | None) -> list[Detail]:
    """What keeps the condition from being meant: too deep, too large, bounds that leave nothing, empty keys."""
    if condition is None:
        return []
    leaves = list(_leaves(condition, 1))
    found = [Detail("where", message) for message in dict.fromkeys(message for _, message in leaves if message)]
    if len(leaves) > MOST_LEAVES:
        found.append(Detail("where", f"{len(leaves)} conditions; at most {MOST_LEAVES} are accepted"))
    return found


def _leaves(condition: Condition, depth: int) -> Iterator[tuple[Condition, str | None]]:
    if depth > MOST_DEPTH:
        yield condition, f"conditions stand within one another more than {MOST_DEPTH} deep"
    elif isinstance(condition, AllOf | OneOf | NoneOf):
        for part in condition.parts:
            yield from _leaves(part, depth + 1)
    else:
        yield condition, _problem(condition)


def _problem(leaf: AnyOf | Present | Within) -> str | None:
    if not leaf.key or "=" in leaf.key:
        return f"{leaf.key!r} is no label key; it must not be empty and must not hold '='"
    if isinstance(leaf, Within):
        lowest = max((one for one in (leaf.gt, leaf.gte) if one is not None), default=-math.inf)
        highest = min((one for one in (leaf.lt, leaf.lte) if one is not None), default=math.inf)
        if lowest > highest:
            return f"nothing lies in the range of {leaf.key!r}: {said(leaf)}; swap the bounds"
    return None
