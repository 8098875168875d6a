"""/dashboard/v1/knowledge-base/search."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.dashboard.knowledge_base.schemas.citations import CitationTarget
from api.dashboard.knowledge_base.schemas.search import SearchAnswer, SearchQuestion
from api.dashboard.knowledge_base.schemas.search_batch import (
    BatchItem,
    FailedSearch,
    SearchBatch,
    SearchBatchAnswer,
)
from api.dashboard.knowledge_base.schemas.why_not import WhyNotAnswer, WhyNotQuestion
from api.deps import CitationKey, MetricsDep, RuntimeDep, Searcher
from api.envelope import errors
from kit.errors import CairnError
from retrieval.search.batch import search_all

router = APIRouter(tags=["Knowledge base: search"])


@router.post(
    "/search", operation_id="dashboardKbSearch", summary="Search datasets", response_model_exclude_none=True,
    responses=errors(400, 401, 403, 404, 413, 429, 503),
)  # fmt: skip
def search(
    body: SearchQuestion, principal: Searcher, runtime: RuntimeDep, metrics: MetricsDep, response: Response
) -> SearchAnswer:
    """Finds passages by meaning and by words, best first, in the datasets named. The search is kept as a record, whose
    id is in the header `X-Search-Id`."""
    request = body.to_request()
    result = runtime.search.search(principal, request)
    metrics.observe_search(result)
    record_id = runtime.searching.recorder.record(principal, request, result)
    if record_id is not None:
        response.headers["X-Search-Id"] = record_id
    return SearchAnswer.of(result)


@router.post(
    "/search/batch", operation_id="dashboardKbSearchBatch", summary="Ask many questions at once",
    response_model_exclude_none=True, responses=errors(400, 401, 403, 413, 429, 503),
)  # fmt: skip
def search_batch(body: SearchBatch, principal: Searcher, runtime: RuntimeDep, metrics: MetricsDep) -> SearchBatchAnswer:
    """Each question is a search of its own: one that fails says so in its place and stops no other."""
    requests = [question.to_request() for question in body.searches]
    items = []
    for request, result in zip(requests, search_all(runtime.search, principal, requests), strict=True):
        if isinstance(result, CairnError):
            items.append(BatchItem(error=FailedSearch(code=result.code, message=result.message)))
            continue
        metrics.observe_search(result)
        record_id = runtime.searching.recorder.record(principal, request, result)
        items.append(BatchItem(search_id=record_id, answer=SearchAnswer.of(result)))
    return SearchBatchAnswer(data=items)


@router.post(
    "/search/why-not", operation_id="dashboardKbSearchWhyNot", summary="Ask why a search did not bring something",
    responses=errors(400, 401, 403, 404, 409, 413, 429, 503),
)  # fmt: skip
def why_not(body: WhyNotQuestion, principal: Searcher, runtime: RuntimeDep) -> WhyNotAnswer:
    """Does the search again and tells where the passage, file or page fell out of it."""
    return WhyNotAnswer.of(runtime.searching.why_not.verdict(principal, body.to_request(), body.to_subject()))


@router.get(
    "/citations/{citationKey}", operation_id="dashboardKbCitationsGet", summary="Find a cited passage again",
    responses=errors(400, 401, 403, 404, 429, 503),
)  # fmt: skip
def get_citation(citation_key: CitationKey, principal: Searcher, runtime: RuntimeDep) -> CitationTarget:
    """Where the passage stands in the file as it is now, and how to open the original there."""
    return CitationTarget.of(runtime.searching.citations.resolve(principal, citation_key))
