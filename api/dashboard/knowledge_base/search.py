"""/dashboard/v1/knowledge-base/search."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.search import SearchAnswer, SearchQuestion
from api.deps import MetricsDep, RuntimeDep, Searcher
from api.envelope import errors

router = APIRouter(tags=["Knowledge base: search"])


@router.post(
    "/search", operation_id="dashboardKbSearch", summary="Search datasets", response_model_exclude_none=True,
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def search(body: SearchQuestion, principal: Searcher, runtime: RuntimeDep, metrics: MetricsDep) -> SearchAnswer:
    """Finds passages by meaning and by words, best first, in the datasets named."""
    result = runtime.search.search(principal, body.to_request())
    metrics.observe_search(result)
    return SearchAnswer.of(result)
