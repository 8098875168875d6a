"""Quotas of single tenants: given by whoever runs the installation, narrowed by the tenant's own administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.cache import MOST_SECONDS, BriefMemory
from identity.errors import QuotaBeyondCeiling
from identity.models import Tenant, TenantQuota
from identity.quota_limits import Quota, QuotaLimits
from identity.types import Principal
from kit.clock import Clock
from kit.errors import Detail, Invalid

Read = Callable[[], AbstractContextManager[Session]]
MOST = 2**53
"""What every program that reads JSON can still count exactly."""


class SetBy(StrEnum):
    OPERATOR = "operator"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class TenantQuotas:
    """`ceiling` is what the tenant may have at most, `own` what its administrators narrowed it to; 0 is no limit."""

    ceiling: QuotaLimits
    own: QuotaLimits

    @property
    def limits(self) -> QuotaLimits:
        """Those in force: the lower of both, number by number."""
        return QuotaLimits.each(lambda quota: _lower(self.ceiling.of(quota), self.own.of(quota)))


class QuotaBook:
    """`everywhere` are the installation's, for numbers that the operator set for no tenant by itself."""

    def __init__(self, *, read: Read, clock: Clock, everywhere: QuotaLimits) -> None:
        self._read = read
        self._clock = clock
        self._everywhere = everywhere
        self._recent = BriefMemory[QuotaLimits](clock=clock, seconds=MOST_SECONDS)

    def recent(self, tenant_id: str) -> QuotaLimits:
        """As they were within the last second: for what every request asks."""
        return self._recent.get(tenant_id, self._look_up)

    def peek(self, tenant_id: str) -> QuotaLimits | None:
        """As `recent`, where memory suffices. Never waits for anything."""
        return self._recent.peek(tenant_id)

    def limits(self, session: Session, tenant_id: str) -> QuotaLimits:
        return self.get(session, tenant_id).limits

    def get(self, session: Session, tenant_id: str) -> TenantQuotas:
        wanted = select(TenantQuota).where(TenantQuota.tenant_id == tenant_id)
        rows = {row.set_by: row for row in session.scalars(wanted)}
        given, own = rows.get(SetBy.OPERATOR), rows.get(SetBy.TENANT)
        return TenantQuotas(
            ceiling=QuotaLimits.each(lambda quota: _number(given, quota, self._everywhere.of(quota))),
            own=QuotaLimits.each(lambda quota: _number(own, quota, 0)),
        )

    def give(self, session: Session, tenant_id: str, change: Mapping[Quota, int | None]) -> TenantQuotas:
        """The operator's word: 0 is no limit, None the installation's. What the tenant set for itself stays, and goes
        on to hold where it is lower. The caller has checked that the tenant is there and who asks."""
        return self._set(session, tenant_id, SetBy.OPERATOR, change, least=0)

    def narrow(self, session: Session, principal: Principal, change: Mapping[Quota, int | None]) -> TenantQuotas:
        """The tenant's own word, within what it was given: None takes it back. QuotaBeyondCeiling for more than the
        tenant may have. The caller has checked that the principal manages the tenant."""
        ceiling = self.get(session, principal.tenant_id).ceiling
        beyond = [
            Detail(quota.value, f"{number:,} is more than the {ceiling.of(quota):,} that this tenant may have")
            for quota, number in change.items()
            if number is not None and ceiling.of(quota) and number > ceiling.of(quota)
        ]
        if beyond:
            raise QuotaBeyondCeiling(beyond)
        return self._set(session, principal.tenant_id, SetBy.TENANT, change, least=1)

    def forget(self) -> None:
        """After a change, so that it holds at once in this process. Others follow within a second."""
        self._recent.clear()

    def _look_up(self, tenant_id: str) -> QuotaLimits:
        with self._read() as session:
            return self.limits(session, tenant_id)

    def _set(
        self, session: Session, tenant_id: str, by: SetBy, change: Mapping[Quota, int | None], *, least: int
    ) -> TenantQuotas:
        for quota, number in change.items():
            if number is not None and not least <= number <= MOST:
                message = f"{number} is outside {least}-{MOST}"
                raise Invalid(message, details=[Detail(quota.value, message)])
        # two at once make one row; not the key, which rows of the trail point to
        session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
        row = session.get(TenantQuota, (tenant_id, by.value))
        if row is None:
            row = TenantQuota(tenant_id=tenant_id, set_by=by.value)
            session.add(row)
        for quota, number in change.items():
            setattr(row, quota.value, number)
        row.updated_at = self._clock.now()
        session.flush()
        return self.get(session, tenant_id)


def _number(row: TenantQuota | None, quota: Quota, otherwise: int) -> int:
    found: int | None = None if row is None else getattr(row, quota.value)
    return otherwise if found is None else found


def _lower(one: int, other: int) -> int:
    return min(one, other) if one and other else one or other
