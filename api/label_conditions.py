"""Conditions on a file's labels as requests write them: one leaf or one group in each object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from api.fields import NO_COERCION, STORABLE, Flag, RequestBody, Since, Until
from retrieval.conditions import AllOf, AnyOf, Condition, NoneOf, OneOf, Present, Within

LabelName: TypeAlias = Annotated[str, Field(min_length=1, max_length=64), STORABLE]
LabelValue: TypeAlias = Annotated[str, Field(max_length=500), STORABLE]

_MOST_VALUES = 100
_MOST_PARTS = 50


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False), NO_COERCION]
Bound: TypeAlias = Number | Since
"""A number; or a date or time, as text. Which one it is decides what the label has to be."""
LastBound: TypeAlias = Number | Until

LEAF = ("in", "exists", "gt", "gte", "lt", "lte")
GROUPS = ("all", "any", "not")


class LabelCondition(RequestBody):
    """Either a `key` with what its value has to be, or one of `all`, `any` and `not` with conditions of their own.

    A label whose text is a number or an ISO 8601 date can be held against bounds of its kind: numbers as JSON numbers,
    dates as texts. A plain date stands for its whole day. A file without the label is outside every range.
    """

    key: LabelName | None = None
    values: Annotated[list[LabelValue], Field(max_length=_MOST_VALUES), BeforeValidator(_as_list)] | None = Field(
        None, alias="in", description="The label has one of these values"
    )
    exists: Flag | None = Field(None, description="Whether the file has the label at all")
    gt: LastBound | None = None
    gte: Bound | None = None
    lt: Bound | None = None
    lte: LastBound | None = None
    all_of: Parts | None = Field(None, alias="all", description="Each of these holds")
    any_of: Parts | None = Field(None, alias="any", description="At least one of these holds")
    none_of: LabelCondition | None = Field(None, alias="not", description="This does not hold")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        groups = [
            name
            for name, part in zip(GROUPS, (self.all_of, self.any_of, self.none_of), strict=True)
            if part is not None
        ]
        asked = [name for name, value in zip(LEAF, self._asked(), strict=True) if value is not None]
        if len(groups) > 1 or (groups and (self.key is not None or asked)):
            raise ValueError(
                f"{', '.join([*groups, *asked])} stand side by side; put each into an object of its own below `all`"
            )
        if not groups and (self.key is None or not asked):
            raise ValueError("a condition is a `key` with `in`, `exists` or bounds, or one of `all`, `any` and `not`")
        if len({isinstance(bound, datetime) for bound in self._asked()[2:] if bound is not None}) > 1:
            raise ValueError(f"the bounds of {self.key!r} are a number and a date; use two of one kind")
        return self

    def _asked(self) -> Sequence[object]:
        return (self.values, self.exists, self.gt, self.gte, self.lt, self.lte)

    def to_condition(self) -> Condition:
        if self.all_of is not None:
            return AllOf(tuple(part.to_condition() for part in self.all_of))
        if self.any_of is not None:
            return OneOf(tuple(part.to_condition() for part in self.any_of))
        if self.none_of is not None:
            return NoneOf((self.none_of.to_condition(),))
        parts = tuple(self._of_key(self.key or ""))
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _of_key(self, key: str) -> Sequence[Condition]:
        parts: list[Condition] = []
        if self.values is not None:
            parts.append(AnyOf(key, tuple(self.values)))
        if self.exists is not None:
            parts.append(Present(key) if self.exists else NoneOf((Present(key),)))
        bounds = (self.gt, self.gte, self.lt, self.lte)
        if any(bound is not None for bound in bounds):
            gt, gte, lt, lte = map(_value, bounds)
            dates = any(isinstance(bound, datetime) for bound in bounds)
            parts.append(Within(key, dates=dates, gt=gt, gte=gte, lt=lt, lte=lte))
        return parts


def _value(bound: float | datetime | None) -> float | None:
    return bound.timestamp() if isinstance(bound, datetime) else bound


Parts: TypeAlias = Annotated[list[LabelCondition], Field(min_length=1, max_length=_MOST_PARTS)]
LabelCondition.model_rebuild()
