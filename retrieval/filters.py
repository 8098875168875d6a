"""The one filter compiler: what a principal may search, narrowed by what the request asks for.

A request can only narrow. Datasets outside the scope vanish from the filter without a word: whether they exist is
not the caller's to learn. What ends up empty matches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kit.errors import Detail, Invalid
from retrieval.conditions import Condition, holds
from retrieval.conditions import problems as condition_problems
from retrieval.conditions import said as in_words
from retrieval.types import NOTHING, DateRange, Filter, Without

MOST_VALUES = 1000
_LONGEST_VALUE = 512


@dataclass(frozen=True, slots=True)
class SearchScope:
    """What the principal may search; decided before, by identity and dataset permissions. No datasets: nothing."""

    tenant_id: str
    dataset_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What the caller asked for. None or no label key: no condition. An empty list: nothing matches.

    Conditions are joined by "and", the values of one condition by "or". Times carry a time zone; files without a
    date are outside every range.
    """

    dataset_ids: Sequence[str] | None = None
    file_ids: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    published: DateRange | None = None
    without: Without = NOTHING
    condition: Condition | None = None


def compile_filter(scope: SearchScope, request: SearchFilter | None = None) -> Filter:
    """Invalid, with every offending value, if the request cannot be meant."""
    if not scope.tenant_id:
        raise Invalid("a search needs a tenant; the scope has none")
    request = request or SearchFilter()
    without = request.without
    problems = [*_list_problems(request), *_label_problems(request.labels), *_date_problems(request.published)]
    problems += _value_problems("exclude.fileIds", without.file_ids)
    problems += [*_value_problems("exclude.sources", without.sources), *_label_problems(without.labels)]
    problems += condition_problems(request.condition)
    if problems:
        named = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise Invalid(f"the filter cannot be used: {named}", details=problems)
    return Filter(
        tenant_id=scope.tenant_id,
        dataset_ids=_narrowed(scope.dataset_ids, request.dataset_ids),
        file_ids=_distinct(request.file_ids),
        sources=_distinct(request.sources),
        labels={key: tuple(dict.fromkeys(values)) for key, values in request.labels.items()},
        published=_meant(request.published),
        without=without,
        condition=request.condition,
    )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of a file the conditions look at."""

    file_id: str
    source: str
    labels: Mapping[str, str]
    published_at: datetime | None


def unmet(request: SearchFilter, file: FileFacts) -> list[str]:
    """The conditions that the file does not meet, in words."""
    said = []
    if request.file_ids is not None and file.file_id not in request.file_ids:
        said.append(f"fileIds: {file.file_id} is not among them")
    if request.sources is not None and file.source not in request.sources:
        said.append(f"sources: {file.source!r} is not one of {', '.join(request.sources) or 'none'}")
    for key, values in request.labels.items():
        if file.labels.get(key) not in values:
            has = f"it is {file.labels[key]!r}" if key in file.labels else "the file has no such label"
            said.append(f"metadata.{key}: {has}, not one of {', '.join(values) or 'none'}")
    if request.condition is not None and not holds(request.condition, file.labels):
        said.append(f"where: {in_words(request.condition)} does not hold")
    return [*said, *_excluded(request.without, file), *_unmet_dates(request.published, file.published_at)]


def _excluded(without: Without, file: FileFacts) -> list[str]:
    said = [f"exclude.fileIds: {file.file_id} is among them"] if file.file_id in without.file_ids else []
    if file.source in without.sources:
        said.append(f"exclude.sources: {file.source!r} is among them")
    keys = [key for key, values in without.labels.items() if file.labels.get(key) in values]
    return said + [f"exclude.metadata.{key}: {file.labels[key]!r} is among them" for key in keys]


def _unmet_dates(dates: DateRange | None, published: datetime | None) -> list[str]:
    since, until = (dates.since, dates.until) if dates else (None, None)
    if since is None and until is None:
        return []
    if published is None:
        return ["publishedAfter/publishedBefore: the file has no date of publication"]
    said = []
    if since is not None and published < since:
        said.append(f"publishedAfter: {published.isoformat()} is before {since.isoformat()}")
    if until is not None and published > until:
        said.append(f"publishedBefore: {published.isoformat()} is after {until.isoformat()}")
    return said


def described(request: SearchFilter) -> list[str]:
    """Each condition in words, for people."""
    said = []
    if request.file_ids is not None:
        said.append(f"fileIds is one of {', '.join(request.file_ids) or 'none'}")
    if request.sources is not None:
        said.append(f"sources is one of {', '.join(request.sources) or 'none'}")
    said += [f"metadata.{key} is one of {', '.join(values) or 'none'}" for key, values in request.labels.items()]
    said += [] if request.condition is None else [in_words(request.condition)]
    without = request.without
    said += [f"fileIds is none of {', '.join(without.file_ids)}"] if without.file_ids else []
    said += [f"sources is none of {', '.join(without.sources)}"] if without.sources else []
    said += [f"metadata.{key} is none of {', '.join(values)}" for key, values in without.labels.items() if values]
    if request.published is not None and request.published.since is not None:
        said.append(f"publishedAfter {request.published.since.isoformat()}")
    if request.published is not None and request.published.until is not None:
        said.append(f"publishedBefore {request.published.until.isoformat()}")
    return said


def _narrowed(allowed: Sequence[str], asked: Sequence[str] | None) -> tuple[str, ...]:
    wanted = None if asked is None else set(asked)
    return tuple(dataset for dataset in dict.fromkeys(allowed) if wanted is None or dataset in wanted)


def _distinct(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(dict.fromkeys(values))


def _meant(dates: DateRange | None) -> DateRange | None:
    """A range without an end on either side is no condition."""
    return None if dates is None or (dates.since is None and dates.until is None) else dates


def _list_problems(request: SearchFilter) -> list[Detail]:
    lists = {"datasetIds": request.dataset_ids, "fileIds": request.file_ids, "sources": request.sources}
    return [problem for name, values in lists.items() for problem in _value_problems(name, values or ())]


def _label_problems(labels: Mapping[str, Sequence[str]]) -> list[Detail]:
    problems = [
        Detail("labels", f"{key!r} is no label key; it must not be empty and must not hold '='")
        for key in labels
        if not key or "=" in key
    ]
    if len(labels) > MOST_VALUES:
        problems.append(Detail("labels", f"{len(labels)} keys; at most {MOST_VALUES} are accepted"))
    for key, values in labels.items():
        problems += _value_problems(f"labels.{key}", values)
    return problems


def _value_problems(name: str, values: Sequence[str]) -> list[Detail]:
    if isinstance(values, str):
        return [Detail(name, f"{values!r} is a text; a list of values is needed")]
    if len(values) > MOST_VALUES:
        return [Detail(name, f"{len(values)} values; at most {MOST_VALUES} are accepted")]
    bad = [value for value in values if not value or len(value) > _LONGEST_VALUE]
    return [
        Detail(name, f"{value[:40]!r} has {len(value)} characters; 1 to {_LONGEST_VALUE} are accepted") for value in bad
    ]


def _date_problems(dates: DateRange | None) -> list[Detail]:
    since, until = (dates.since, dates.until) if dates else (None, None)
    given = {"publishedAfter": since, "publishedBefore": until}
    problems = [
        Detail(name, f"{value.isoformat()} has no time zone; add one, such as 'Z'")
        for name, value in given.items()
        if value is not None and value.utcoffset() is None
    ]
    if not problems and since is not None and until is not None and since > until:
        message = f"{since.isoformat()} is after publishedBefore {until.isoformat()}; swap them"
        problems.append(Detail("publishedAfter", message))
    return problems
