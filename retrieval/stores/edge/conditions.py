"""The engine's filters, built in one place."""

from __future__ import annotations

from collections.abc import Sequence

import qdrant_edge as edge

from retrieval.conditions import AllOf, AnyOf, Condition, NoneOf, OneOf, Present, Within, value_key
from retrieval.stores.edge.messages import Selection, WireFilter
from retrieval.stores.payload import Field, label_terms, scope_keys


def equals(field: Field, value: str | int) -> edge.FieldCondition:
    return edge.FieldCondition(key=field.value, match=edge.MatchValue(value))


def any_of(field: Field, values: Sequence[str]) -> edge.FieldCondition:
    if len(values) == 1:
        return equals(field, values[0])
    return edge.FieldCondition(key=field.value, match=edge.MatchAny(list(values)))


def selected(selection: Selection) -> edge.Filter:
    return edge.Filter(must=[equals(Field(selection.name), selection.value)])


def in_scope(scopes: Sequence[str]) -> edge.Filter:
    """Everything searchable within the scopes: the population that IDF is taken over."""
    return edge.Filter(must=[any_of(Field.SCOPE, scopes)])


def translate(where: WireFilter, *, chunks: Sequence[str] | None = None) -> edge.Filter:
    """The request's filter, within live and enabled points; `chunks` narrows it to these chunks' points."""
    must: list[edge.ConditionType] = [any_of(Field.SCOPE, scope_keys(where.tenant_id, where.dataset_ids))]
    if chunks is not None:
        must.append(any_of(Field.CHUNK, chunks))
    if where.file_ids is not None:
        must.append(any_of(Field.FILE, where.file_ids))
    if where.sources is not None:
        must.append(any_of(Field.SOURCE, where.sources))
    must.extend(any_of(Field.LABELS, label_terms(key, values)) for key, values in where.labels.items())
    if where.since is not None or where.until is not None:
        dates = edge.RangeFloat(gte=where.since, lte=where.until)
        must.append(edge.FieldCondition(key=Field.PUBLISHED.value, range=dates))
    if where.condition is not None:
        must.append(meant(where.condition))
    never = _never(where)
    return edge.Filter(must=must, must_not=never) if never else edge.Filter(must=must)


def meant(condition: Condition) -> edge.Filter:
    """A filter that holds where the condition does."""
    match condition:
        case AnyOf(key, values):
            return edge.Filter(must=[any_of(Field.LABELS, label_terms(key, values))]) if values else _nothing()
        case Present(key):
            return edge.Filter(must=[equals(Field.LABELS, key)])
        case Within(key, dates, gt, gte, lt, lte):
            named = edge.FieldCondition(key="key", match=edge.MatchValue(value_key(key, dates=dates)))
            between = edge.FieldCondition(key="value", range=edge.RangeFloat(gt=gt, gte=gte, lt=lt, lte=lte))
            both = edge.Filter(must=[named, between])
            return edge.Filter(must=[edge.NestedCondition(Field.VALUES.value, both)])
        case AllOf(parts):
            return edge.Filter(must=[meant(part) for part in parts])
        case OneOf(parts):
            return edge.Filter(should=[meant(part) for part in parts]) if parts else _nothing()
        case NoneOf(parts):
            return edge.Filter(must_not=[meant(part) for part in parts])


def _nothing() -> edge.Filter:
    """No point has an empty scope's keyword."""
    return edge.Filter(must=[equals(Field.SCOPE, "")])


def _never(where: WireFilter) -> list[edge.ConditionType]:
    chosen = [(Field.FILE, where.not_file_ids), (Field.SOURCE, where.not_sources)]
    chosen += [(Field.LABELS, label_terms(key, values)) for key, values in where.not_labels.items()]
    return [any_of(field, values) for field, values in chosen if values]
