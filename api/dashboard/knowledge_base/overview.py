"""/dashboard/v1/knowledge-base/overview, /search-latency: what datasets hold and answer, how long searches take."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dashboard.knowledge_base.schemas.overview import KnowledgeOverview, SearchLatency
from api.deps import Reader, RuntimeDep
from api.envelope import errors

router = APIRouter(tags=["Knowledge base: overview"])

_DAYS = Query(ge=1, le=365, description="How far to look back for questions")
_HOURS = Query(ge=1, le=24 * 365, description="How far to look back")
_SLOTS = Query(ge=1, le=500, description="Into how many stretches of equal length that time is cut")


@router.get(
    "/overview", operation_id="dashboardKbOverview", summary="See what each dataset holds, its freshness and use",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def get_overview(principal: Reader, runtime: RuntimeDep, days: Annotated[int, _DAYS] = 30) -> KnowledgeOverview:
    """Questions are counted from the records of searches, the newest 20,000 of them at the most, and for
    `CAIRN_SEARCH_RECORDS_DAYS` at the longest."""
    runtime.searching.recorder.flush()
    with runtime.database.read() as session:
        return KnowledgeOverview.of(runtime.overview.of(session, principal, days=days), days=days)


@router.get(
    "/search-latency", operation_id="dashboardKbSearchLatency", summary="See how long searches took, over time",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def get_latency(
    principal: Reader,
    runtime: RuntimeDep,
    hours: Annotated[int, _HOURS] = 24,
    slots: Annotated[int, _SLOTS] = 48,
) -> SearchLatency:
    """Of the searches whose datasets the key may all see. Times are the server's own, without the network's."""
    runtime.searching.recorder.flush()
    with runtime.database.read() as session:
        found = runtime.searching.activity.latency(session, principal, hours=hours, slots=slots)
    return SearchLatency.of(found, hours=hours)
