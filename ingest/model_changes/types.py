"""A change of a dataset's embedding model as callers see and ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.datasets.types import ChangeState


class SwitchPolicy(StrEnum):
    """When searches go over to the new vectors, once these are complete. `unless_worse`: unless the dataset's golden
    questions say that the new ones are worse; then, as with `by_hand`, it waits for a person."""

    UNLESS_WORSE = "unless_worse"
    ALWAYS = "always"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class ModelView:
    name: str
    vector_size: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class ModelChangeView:
    """`chunks_done` of `chunks_total` have vectors of the new model. `kept_until`: the old vectors are there until
    then, and `roll_back` needs no more than what changed since; None where they are not kept.

    `comparison` is None where there is no golden question. `job_id` is None where nothing is under way.
    """

    id: str
    dataset_id: str
    state: ChangeState
    policy: SwitchPolicy
    old_model: str
    new_model: str
    chunks_done: int
    chunks_total: int
    comparison: Mapping[str, object] | None
    kept_until: datetime | None
    error: str | None
    job_id: str | None
    created_by: str
    created_at: datetime
    switched_at: datetime | None
    ended_at: datetime | None
