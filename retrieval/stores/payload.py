"""What every engine stores beside a point and filters on: one set of fields, whichever engine.

`scope` is the denormalised answer to "may this be searched, and where": one keyword of tenant and dataset, present
only while the point is live and enabled. One indexed condition instead of four makes a filtered search of 100,000
points three times as fast (docs/adr/0002-vector-store.md), and a point without scope is in no search by construction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from retrieval.conditions import typed, value_key
from retrieval.types import Filter, Point

PayloadValue: TypeAlias = str | int | float | Sequence[str | Mapping[str, str | float]] | None
Payload: TypeAlias = dict[str, PayloadValue]

_SEPARATOR = "\x1f"


class Field(StrEnum):
    """Stored beside every point."""

    CHUNK = "chunk_id"
    TENANT = "tenant_id"
    DATASET = "dataset_id"
    FILE = "file_id"
    VERSION = "version"
    GENERATION = "generation"
    POSITION = "position"
    WINDOW = "window"
    SOURCE = "source"
    LABELS = "labels"
    VALUES = "values"
    VALUE_KEY = "values[].key"
    VALUE = "values[].value"
    PUBLISHED = "published_at"
    LIVE = "live"
    ENABLED = "enabled"
    SCOPE = "scope"


class Kind(StrEnum):
    """How a field is indexed. Truth values are integers: engines differ in how they match booleans."""

    KEYWORD = "keyword"
    TENANT = "tenant"
    INTEGER = "integer"
    FLOAT = "float"


INDEXED: Mapping[Field, Kind] = {
    Field.CHUNK: Kind.KEYWORD,
    Field.TENANT: Kind.TENANT,
    Field.DATASET: Kind.KEYWORD,
    Field.FILE: Kind.KEYWORD,
    Field.VERSION: Kind.KEYWORD,
    Field.SOURCE: Kind.KEYWORD,
    Field.LABELS: Kind.KEYWORD,
    Field.VALUE_KEY: Kind.KEYWORD,
    Field.VALUE: Kind.FLOAT,
    Field.SCOPE: Kind.KEYWORD,
    Field.LIVE: Kind.INTEGER,
    Field.PUBLISHED: Kind.FLOAT,
}


def payload_of(point: Point) -> Payload:
    searchable = point.live and point.enabled
    return {
        Field.CHUNK.value: point.chunk_id,
        Field.TENANT.value: point.tenant_id,
        Field.DATASET.value: point.dataset_id,
        Field.FILE.value: point.file_id,
        Field.VERSION.value: version_key(point.file_id, point.generation),
        Field.GENERATION.value: point.generation,
        Field.POSITION.value: point.position,
        Field.WINDOW.value: point.window,
        Field.SOURCE.value: point.source,
        Field.LABELS.value: label_keywords(point.labels),
        Field.VALUES.value: label_values(point.labels),
        Field.PUBLISHED.value: point.published_at,
        Field.LIVE.value: int(point.live),
        Field.ENABLED.value: int(point.enabled),
        Field.SCOPE.value: [scope_key(point.tenant_id, point.dataset_id)] if searchable else [],
    }


def scope_key(tenant_id: str, dataset_id: str) -> str:
    return f"{tenant_id}{_SEPARATOR}{dataset_id}"


def scope_keys(tenant_id: str, dataset_ids: Sequence[str]) -> tuple[str, ...]:
    """The scopes of a filter, sorted, so that equal sets are equal keys."""
    return tuple(sorted({scope_key(tenant_id, dataset) for dataset in dataset_ids}))


def version_key(file_id: str, generation: int) -> str:
    """One keyword for one generation of one file: counting and deleting by it needs no second condition."""
    return f"{file_id}@{generation}"


def parse_version(key: str) -> tuple[str, int]:
    file_id, _, generation = key.rpartition("@")
    return file_id, int(generation)


def label_keywords(labels: Mapping[str, str]) -> list[str]:
    """Of each label "key=value" and, for conditions on its presence, the key, which holds no "="."""
    return [keyword for key, value in labels.items() for keyword in (key, *label_terms(key, [value]))]


def label_values(labels: Mapping[str, str]) -> list[Mapping[str, str | float]]:
    """Of each label that is a number or a date, what ranges look at."""
    found = {key: typed(value) for key, value in labels.items()}
    return [
        {"key": value_key(key, dates=one.dates), "value": one.value} for key, one in found.items() if one is not None
    ]


def label_terms(key: str, values: Sequence[str]) -> list[str]:
    """Labels are stored as "key=value" keywords."""
    return [f"{key}={value}" for value in values]


def matches_nothing(where: Filter) -> bool:
    """True where a condition admits no value at all; engines read an empty list differently, so none sees one."""
    chosen = [where.dataset_ids, where.file_ids, where.sources, *where.labels.values()]
    return any(values is not None and not values for values in chosen)


def whole(windows: Mapping[int, object]) -> list[list[float]]:
    """The vectors of a chunk's windows in their order; none where one of them is missing."""
    vectors = [windows[number] for number in sorted(windows)]
    in_a_row = sorted(windows) == list(range(len(windows)))
    return [one for one in vectors if isinstance(one, list)] if in_a_row and all(vectors) else []
