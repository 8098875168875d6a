"""/dashboard/v1/usage: what the tenant has taken up of what it may."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.deps import Reader, RuntimeDep
from api.envelope import errors
from api.fields import ResponseBody
from orchestration.usage import Spent, TenantUsage

router = APIRouter(tags=["Caller"])


class Share(ResponseBody):
    used: int | None = Field(description="Null where nothing is limited and so nobody counts")
    limit: int | None = Field(description="Null: there is none")

    @classmethod
    def of(cls, spent: Spent) -> Share:
        return cls(used=spent.used, limit=spent.limit)


class UsageAnswer(ResponseBody):
    storage: Share = Field(description="Bytes of originals")
    chunks: Share
    searches: Share = Field(description="Of this day of UTC; what processes have set aside counts as used")
    requests: int | None = Field(description="A minute, over all keys of the tenant; null: no limit")
    searches_reset_in: int = Field(description="Seconds until the day ends")

    @classmethod
    def of(cls, usage: TenantUsage) -> UsageAnswer:
        return cls(
            storage=Share.of(usage.storage),
            chunks=Share.of(usage.chunks),
            searches=Share.of(usage.searches),
            requests=usage.requests,
            searches_reset_in=usage.seconds_left,
        )


@router.get(
    "/usage", operation_id="dashboardUsage", summary="See how much of its quotas the tenant has used",
    responses=errors(401, 403, 503),
)  # fmt: skip
def get_usage(principal: Reader, runtime: RuntimeDep) -> UsageAnswer:
    """Not for keys that are held to an agent role or to certain datasets."""
    with runtime.database.read() as session:
        return UsageAnswer.of(runtime.usage.of(session, principal))
