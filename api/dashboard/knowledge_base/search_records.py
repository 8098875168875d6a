"""/dashboard/v1/knowledge-base/search-records: what was searched, what people said of it, and what was missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query
from starlette.responses import StreamingResponse

from api.dashboard.knowledge_base.schemas.search_records import (
    ResultMark,
    SearchGap,
    SearchGapList,
    SearchRecordItem,
    SearchRecordPage,
)
from api.deps import PageDep, Reader, RuntimeDep, Searcher
from api.envelope import errors
from identity.types import Principal
from orchestration.runtime import Runtime
from retrieval.records.types import GOOD_FROM

router = APIRouter(tags=["Knowledge base: search records"])

_IDENTIFIER = r"^[!-~]{1,64}$"
RecordId: TypeAlias = Annotated[
    str, Path(alias="recordId", pattern=_IDENTIFIER, description="`X-Search-Id` of a search, or an id of the list")
]
_LINES = {"schema": {"type": "string"}}


@router.get(
    "/search-records", operation_id="dashboardKbSearchRecordsList", summary="List searches that were made",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_records(
    page: PageDep,
    principal: Reader,
    runtime: RuntimeDep,
    dataset_id: Annotated[str | None, Query(alias="datasetId", pattern=_IDENTIFIER)] = None,
) -> SearchRecordPage:
    """Those whose datasets the key may all see, whoever searched, newest first. They are kept for
    `CAIRN_SEARCH_RECORDS_DAYS`."""
    runtime.searching.recorder.flush()
    with runtime.database.read() as session:
        found = runtime.searching.records.page(session, principal, page, dataset_id=dataset_id)
    return SearchRecordPage.of(found, limit=page.limit)


@router.get(
    "/search-records/export", operation_id="dashboardKbSearchRecordsExport", summary="Export all records of searches",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": _LINES}, "description": "A record a line, newest first"},
               **errors(400, 401, 403, 503)},
)  # fmt: skip
def export_records(principal: Reader, runtime: RuntimeDep) -> StreamingResponse:
    """JSON lines, each as in the list."""
    runtime.searching.recorder.flush()
    return StreamingResponse(_lines(runtime, principal), media_type="application/x-ndjson")


def _lines(runtime: Runtime, principal: Principal) -> Iterator[str]:
    with runtime.database.read() as session:
        for view in runtime.searching.records.every(session, principal):
            yield SearchRecordItem.of(view).model_dump_json(by_alias=True) + "\n"


@router.get(
    "/search-records/{recordId}", operation_id="dashboardKbSearchRecordsGet", summary="Get the record of a search",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_record(record_id: RecordId, principal: Reader, runtime: RuntimeDep) -> SearchRecordItem:
    runtime.searching.recorder.flush()
    with runtime.database.read() as session:
        return SearchRecordItem.of(runtime.searching.records.get(session, principal, record_id))


@router.post(
    "/search-records/{recordId}/marks", operation_id="dashboardKbSearchRecordsMark",
    summary="Say what a result was worth", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def mark_result(record_id: RecordId, body: ResultMark, principal: Searcher, runtime: RuntimeDep) -> SearchRecordItem:
    """The last word on a result counts."""
    runtime.searching.recorder.flush()
    with runtime.database.write() as session:
        view = runtime.searching.records.mark(session, principal, record_id, chunk_id=body.chunk_id, mark=body.mark)
    return SearchRecordItem.of(view)


@router.get(
    "/search-gaps", operation_id="dashboardKbSearchGapsList", summary="List questions without a good answer",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_gaps(
    principal: Reader,
    runtime: RuntimeDep,
    below: Annotated[float, Query(ge=0, le=1, description="What scores less is no good answer")] = GOOD_FROM,
    days: Annotated[int, Query(ge=1, le=3650, description="How far to look back")] = 30,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SearchGapList:
    """Gaps in the knowledge: questions that found nothing, or nothing good, when they were asked last."""
    runtime.searching.recorder.flush()
    with runtime.database.read() as session:
        gaps = runtime.searching.records.gaps(session, principal, below=below, days=days, limit=limit)
    return SearchGapList(data=[SearchGap.of(gap) for gap in gaps])
