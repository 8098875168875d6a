"""/dashboard/v1/knowledge-base/search."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.citations import CitationTarget
from api.dashboard.knowledge_base.schemas.search import SearchAnswer, SearchQuestion
from api.dashboard.knowledge_base.schemas.why_not import WhyNotAnswer, WhyNotQuestion
from api.deps import CitationKey, MetricsDep, RuntimeDep, Searcher
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


@router.post(
    "/search/why-not", operation_id="dashboardKbSearchWhyNot", summary="Ask why a search did not bring something",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def why_not(body: WhyNotQuestion, principal: Searcher, runtime: RuntimeDep) -> WhyNotAnswer:
    """Does the search again and tells where the passage, file or page fell out of it."""
    return WhyNotAnswer.of(runtime.why_not.verdict(principal, body.to_request(), body.to_subject()))


@router.get(
    "/citations/{citationKey}", operation_id="dashboardKbCitationsGet", summary="Find a cited passage again",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_citation(citation_key: CitationKey, principal: Searcher, runtime: RuntimeDep) -> CitationTarget:
    """Where the passage stands in the file as it is now, and how to open the original there."""
    return CitationTarget.of(runtime.citations.resolve(principal, citation_key))
