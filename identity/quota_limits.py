"""The four numbers that bound a tenant, and what is said where one is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kit.errors import RateLimited

LATER = 3600
"""Seconds after which it is worth looking again whether room was made; nothing frees itself by the clock."""


class Quota(StrEnum):
    STORAGE = "storage"
    CHUNKS = "chunks"
    SEARCHES = "searches"
    REQUESTS = "requests"


class QuotaExceeded(RateLimited):
    """Waiting alone helps with searches and requests only: the message says what else does."""

    code = "QUOTA_EXCEEDED"


@dataclass(frozen=True, slots=True)
class QuotaLimits:
    """0 is no limit. `storage` in bytes, `searches` in a day of UTC, `requests` in a minute over all keys."""

    storage: int = 0
    chunks: int = 0
    searches: int = 0
    requests: int = 0

    @classmethod
    def each(cls, number: Callable[[Quota], int]) -> QuotaLimits:
        return cls(**{quota.value: number(quota) for quota in Quota})

    def of(self, quota: Quota) -> int:
        found: int = getattr(self, quota.value)
        return found

    def check_storage(self, *, used: int, added: int) -> None:
        """QuotaExceeded where `added` bytes more than are used would be beyond the limit."""
        self._check(Quota.STORAGE, "bytes", used=used, added=added)

    def check_chunks(self, *, used: int, added: int) -> None:
        """As `check_storage`; `added` is 1 where it is not known yet how many there will be."""
        self._check(Quota.CHUNKS, "chunks", used=used, added=added)

    def _check(self, quota: Quota, unit: str, *, used: int, added: int) -> None:
        limit = self.of(quota)
        if limit and added and used + added > limit:
            raise QuotaExceeded(
                f"{used:,} {unit} are kept and {added:,} more would be beyond the {limit:,} of this tenant: delete "
                f"files, or ask whoever runs Cairn for more (`cairn tenants quotas`, CAIRN_QUOTA_{quota.name})",
                retry_after=LATER,
                limit=limit,
                remaining=max(0, limit - used),
            )
