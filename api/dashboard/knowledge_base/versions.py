"""/dashboard/v1/knowledge-base/datasets/{datasetId}/files/{fileId}/versions: what a page of a website said when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dashboard.knowledge_base.schemas.versions import PageVersionDetail, PageVersionList
from api.deps import DatasetId, FileId, Reader, RuntimeDep
from api.envelope import errors

router = APIRouter(prefix="/datasets/{datasetId}/files/{fileId}/versions", tags=["Knowledge base: websites"])

_NUMBER = Path(ge=1, le=1_000_000_000, description="Number of a version of that page")
_AGAINST = Query(ge=1, le=1_000_000_000, description="Number of the version to compare with; absent: the one before")


@router.get(
    "", operation_id="dashboardKbFilesVersions", summary="List the versions of a website's page",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_versions(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> PageVersionList:
    """Newest first. Each time that a crawl found the page saying something else, there is one."""
    with runtime.database.read() as session:
        return PageVersionList.of(runtime.crawling.versions.list(session, principal, dataset_id, file_id))


@router.get(
    "/{number}", operation_id="dashboardKbFilesVersion", summary="See what a page said, and what had changed",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_version(
    dataset_id: DatasetId,
    file_id: FileId,
    number: Annotated[int, _NUMBER],
    principal: Reader,
    runtime: RuntimeDep,
    *,
    against: Annotated[int | None, _AGAINST] = None,
) -> PageVersionDetail:
    """The difference is a unified diff by lines, without what all pages of the site have in common."""
    versions = runtime.crawling.versions
    with runtime.database.read() as session:
        found = versions.get(session, principal, dataset_id, file_id, number=number, against=against)
    return PageVersionDetail.in_full(found)
