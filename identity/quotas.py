"""What a tenant may take up: bytes of originals, chunks, searches a day. Exact across processes.

Storage and chunks are counted from the rows in the transaction that adds to them, while it holds the tenant's row, so
that two at once cannot both take the last place. Searches are counted as requests are, see identity.rates.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.rates import RateLimiter
from identity.types import Principal
from kit.errors import RateLimited

DAY = 86_400
LATER = 3600
"""Seconds after which it is worth looking again whether room was made; nothing frees itself by the clock."""


class QuotaExceeded(RateLimited):
    """Waiting alone helps with searches only: the message says what else does."""

    code = "QUOTA_EXCEEDED"


@dataclass(frozen=True, slots=True)
class QuotaLimits:
    """Of each tenant; 0 is no limit. `storage` in bytes, `searches` in a day of UTC."""

    storage: int = 0
    chunks: int = 0
    searches: int = 0


@dataclass(frozen=True, slots=True)
class Quotas:
    limits: QuotaLimits
    rates: RateLimiter

    def check_storage(self, *, used: int, added: int) -> None:
        """QuotaExceeded where `added` bytes more than are used would be beyond the limit."""
        limit = self.limits.storage
        if limit and added and used + added > limit:
            raise QuotaExceeded(
                f"{used:,} bytes are kept and {added:,} more would be beyond the {limit:,} of this tenant: delete "
                "files, or ask whoever runs Cairn for more (CAIRN_QUOTA_STORAGE)",
                retry_after=LATER,
                limit=limit,
                remaining=max(0, limit - used),
            )

    def check_chunks(self, *, used: int, added: int) -> None:
        """As `check_storage`; `added` is 1 where it is not known yet how many there will be."""
        limit = self.limits.chunks
        if limit and added and used + added > limit:
            raise QuotaExceeded(
                f"{used:,} chunks are kept and {added:,} more would be beyond the {limit:,} of this tenant: delete "
                "files, or ask whoever runs Cairn for more (CAIRN_QUOTA_CHUNKS)",
                retry_after=LATER,
                limit=limit,
                remaining=max(0, limit - used),
            )

    def searches_spent(self, session: Session, principal: Principal) -> int | None:
        """Of this day, with what processes have set aside; None where there is no limit, since nobody counts then."""
        if not self.limits.searches:
            return None
        return self.rates.used(session, _searches_of(principal), seconds=DAY)

    def spend_search(self, principal: Principal) -> None:
        """Uses one of the tenant's searches of this day; QuotaExceeded where none is left."""
        limit = self.limits.searches
        if not limit:
            return
        allowance = self.rates.take(_searches_of(principal), limit=limit, seconds=DAY)
        if not allowance.is_allowed:
            raise QuotaExceeded(
                f"the {limit:,} searches a day of this tenant are used up; go on in {allowance.reset} seconds",
                retry_after=allowance.reset,
                limit=limit,
                remaining=0,
            )


def _searches_of(principal: Principal) -> str:
    return f"searches of {principal.tenant_id}"
