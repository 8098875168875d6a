"""How much of its quotas a tenant has used up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.quotas import DAY, Quotas
from identity.types import Principal
from ingest.files import repository
from kit.clock import Clock
from kit.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Spent:
    """`limit` None: there is none. `used` None: nobody counts where nothing is limited."""

    used: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class TenantUsage:
    """`storage` in bytes of originals; `searches` of this day of UTC, which ends in `seconds_left`; `requests` is how
    many a minute are let through."""

    storage: Spent
    chunks: Spent
    searches: Spent
    requests: int | None
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Usage:
    quotas: Quotas
    clock: Clock

    def of(self, session: Session, principal: Principal) -> TenantUsage:
        """Forbidden for narrowed keys: these are sums over what they do not see."""
        if principal.is_narrowed:
            raise Forbidden(f"key {principal.name!r} is for a part of the datasets, and this is about all of them")
        tenant = principal.tenant_id
        limits = self.quotas.limits(session, tenant)
        return TenantUsage(
            storage=Spent(repository.bytes_of(session, tenant), limits.storage or None),
            chunks=Spent(repository.chunks_of(session, tenant), limits.chunks or None),
            searches=Spent(self.quotas.searches_spent(session, principal), limits.searches or None),
            requests=limits.requests or None,
            seconds_left=DAY - int(self.clock.now().timestamp()) % DAY,
        )
