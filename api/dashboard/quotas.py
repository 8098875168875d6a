"""/dashboard/v1/quotas: what the tenant may take up, and what its administrators narrow that to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from api.deps import AuthenticatorDep, Manager, RuntimeDep, WholeCaller
from api.envelope import errors
from api.fields import NO_COERCION, RequestBody, ResponseBody
from identity.quota_book import MOST, TenantQuotas
from identity.quota_limits import Quota

router = APIRouter(prefix="/quotas", tags=["Caller"])

Number = Annotated[int, Field(ge=1, le=MOST), NO_COERCION]


class QuotaAnswer(ResponseBody):
    ceiling: int | None = Field(description="What whoever runs Cairn gave the tenant; null: no limit")
    own: int | None = Field(description="What its administrators narrowed it to; null: nothing")
    limit: int | None = Field(description="What holds: the lower of both; null: no limit")


class QuotasAnswer(ResponseBody):
    storage: QuotaAnswer = Field(description="Bytes of originals")
    chunks: QuotaAnswer
    searches: QuotaAnswer = Field(description="A day of UTC")
    requests: QuotaAnswer = Field(description="A minute, over all keys")

    @classmethod
    def of(cls, quotas: TenantQuotas) -> QuotasAnswer:
        limits = quotas.limits
        shown = {
            quota.value: QuotaAnswer(
                ceiling=quotas.ceiling.of(quota) or None,
                own=quotas.own.of(quota) or None,
                limit=limits.of(quota) or None,
            )
            for quota in Quota
        }
        return cls(**shown)


class QuotaChange(RequestBody):
    """What is left out stays as it is; null takes the tenant's own number back."""

    model_config = ConfigDict(json_schema_extra={"example": {"searches": 5000}})

    storage: Number | None = None
    chunks: Number | None = None
    searches: Number | None = None
    requests: Number | None = None

    def to_change(self) -> dict[Quota, int | None]:
        return {quota: getattr(self, quota.value) for quota in Quota if quota.value in self.model_fields_set}


@router.get("", operation_id="dashboardQuotas", summary="See the tenant's quotas", responses=errors(401, 403, 503))
def get_quotas(principal: Manager, _whole: WholeCaller, runtime: RuntimeDep) -> QuotasAnswer:
    """Administrators only. What is used of them is told by `/usage`."""
    with runtime.database.read() as session:
        return QuotasAnswer.of(runtime.quotas.book.get(session, principal.tenant_id))


@router.patch(
    "", operation_id="dashboardQuotasUpdate", summary="Narrow the tenant's quotas",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def change_quotas(
    body: QuotaChange, principal: Manager, _whole: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> QuotasAnswer:
    """Administrators only, and never beyond what the tenant was given. It holds in every process within a second."""
    with runtime.database.write() as session:
        quotas = runtime.quotas.book.narrow(session, principal, body.to_change())
    authenticator.forget()
    return QuotasAnswer.of(quotas)
