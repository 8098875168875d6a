"""What a tenant may take up: bytes of originals, chunks, searches a day, requests a minute. Exact across processes.

Storage and chunks are counted from the rows in the transaction that adds to them, while it holds the tenant's row, so
that two at once cannot both take the last place. Searches and requests are counted in windows, see identity.rates.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.quota_book import QuotaBook
from identity.quota_limits import QuotaExceeded, QuotaLimits
from identity.rates import Bound, RateLimiter
from identity.types import Principal

DAY = 86_400
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Quotas:
    book: QuotaBook
    rates: RateLimiter

    def limits(self, session: Session, tenant_id: str) -> QuotaLimits:
        """Those in force now: for what is counted in the same transaction."""
        return self.book.limits(session, tenant_id)

    def searches_spent(self, session: Session, principal: Principal) -> int | None:
        """Of this day, with what processes have set aside; None where there is no limit, since nobody counts then."""
        if not self.book.recent(principal.tenant_id).searches:
            return None
        return self.rates.used(session, _searches_of(principal), seconds=DAY)

    def spend_search(self, principal: Principal) -> None:
        """Uses one of the tenant's searches of this day; QuotaExceeded where none is left."""
        limit = self.book.recent(principal.tenant_id).searches
        if not limit:
            return
        allowance = self.rates.take(Bound(_searches_of(principal), limit, DAY))
        if not allowance.is_allowed:
            raise QuotaExceeded(
                f"the {limit:,} searches a day of this tenant are used up; go on in {allowance.reset} seconds",
                retry_after=allowance.reset,
                limit=limit,
                remaining=0,
            )


def requests_of(tenant_id: str, limits: QuotaLimits) -> Bound | None:
    """What bounds the requests of all keys of the tenant together; None where nothing does."""
    return Bound(f"requests of {tenant_id}", limits.requests, MINUTE) if limits.requests else None


def _searches_of(principal: Principal) -> str:
    return f"searches of {principal.tenant_id}"
