"""What happened, for those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Data: TypeAlias = Mapping[str, str | int | float | bool | None]
"""Ids, numbers and short texts in the API's spelling (camelCase): what a client is sent as it stands."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """`dataset_id` narrows it to callers who may see that dataset; without it all of the tenant do.

    `topic` groups what a narrower stream shows (`dataset:…`, `activity:…`); None: of interest to the tenant only.
    """

    type: str
    tenant_id: str
    data: Data
    dataset_id: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as it was written. Ids grow in the order of the commits, so a reader that has seen one has seen all
    before it."""

    id: int
    at: datetime
    type: str
    tenant_id: str
    dataset_id: str | None
    topic: str | None
    data: Data
