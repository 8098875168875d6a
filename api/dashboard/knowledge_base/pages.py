"""/dashboard/v1/knowledge-base/datasets/{datasetId}/files/{fileId}/pages/{pageNumber}: a page as a picture."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.deps import DatasetId, FileId, Reader, RuntimeDep
from api.envelope import errors
from ingest.sandbox.picture_task import draw_page
from kit.errors import CairnError, NotFound, Unavailable

router = APIRouter()

PDF = "application/pdf"
PageNumber: TypeAlias = Annotated[
    int, Path(alias="pageNumber", ge=1, le=1_000_000, description="Of a page, from 1, as search results name it")
]


@router.get(
    "/{fileId}/pages/{pageNumber}",
    operation_id="dashboardKbFilesPage",
    summary="See a page of a PDF as a picture",
    response_class=Response,
    responses={
        **errors(400, 401, 403, 404, 503),
        200: {
            "description": "The page. `X-Page-Size` is its width and height in points, the measure of chunks' boxes",
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)  # fmt: skip
def get_page(
    dataset_id: DatasetId, file_id: FileId, page_number: PageNumber, principal: Reader, runtime: RuntimeDep
) -> Response:
    """Drawn in a process of its own that is bounded in memory and time. 404 for other formats than PDF."""
    with runtime.database.read() as session:
        original = runtime.files.original(session, principal, dataset_id, file_id)
    if original.mime_type != PDF:
        raise NotFound(f"{original.file_name!r} is {original.mime_type}, and only pages of a PDF can be drawn")
    try:
        drawn = draw_page(runtime.engines.sandbox, original.path, page_number)
    except Unavailable:
        raise
    except CairnError as error:
        raise NotFound(f"page {page_number} of {original.file_name!r} cannot be drawn: {error.message}") from error
    if drawn is None:
        raise NotFound(f"{original.file_name!r} has no page {page_number}")
    return Response(
        drawn.png,
        media_type="image/png",
        headers={"X-Page-Size": f"{drawn.width:.2f} {drawn.height:.2f}", "Cache-Control": "private, no-cache"},
    )
