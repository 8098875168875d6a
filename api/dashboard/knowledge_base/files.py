"""/dashboard/v1/knowledge-base/datasets/{datasetId}/files: single files, their state, report and original bytes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.dashboard.knowledge_base import pages
from api.dashboard.knowledge_base.original import original_response
from api.dashboard.knowledge_base.schemas.files import (
    FileDeleted,
    FileModification,
    FileRecord,
    IngestionStatus,
)
from api.dashboard.knowledge_base.schemas.reports import IngestionReport
from api.deps import DatasetId, FileId, Reader, RuntimeDep, Writer
from api.envelope import errors

router = APIRouter(prefix="/datasets/{datasetId}/files", tags=["Knowledge base: files"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_ENVELOPE = {"$ref": "#/components/schemas/ErrorEnvelope"}
_PLAIN = {"schema": {"type": "string"}}


@router.get(
    "/{fileId}", operation_id="dashboardKbFilesGet", summary="Get a file's record",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_file(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> FileRecord:
    with runtime.database.read() as session:
        return FileRecord.in_full(runtime.files.get(session, principal, dataset_id, file_id))


@router.patch(
    "/{fileId}", operation_id="dashboardKbFilesUpdate", summary="Switch a file on or off, or build it anew",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def modify_file(
    dataset_id: DatasetId, file_id: FileId, body: FileModification, principal: Writer, runtime: RuntimeDep
) -> FileRecord:
    """A file that is off is not found by any search and keeps its chunks."""
    with runtime.database.write() as session:
        view = runtime.files.change(session, principal, dataset_id, file_id, body.to_change())
    runtime.apply_switch(file_id)
    return FileRecord.in_full(view)


@router.delete(
    "/{fileId}", operation_id="dashboardKbFilesDelete", summary="Delete a file with its chunks and vectors",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def delete_file(dataset_id: DatasetId, file_id: FileId, principal: Writer, runtime: RuntimeDep) -> FileDeleted:
    """Irreversible; nothing of it is found from this moment on."""
    with runtime.database.write() as session:
        removed = runtime.files.delete(session, principal, dataset_id, file_id)
    runtime.apply_switch(file_id)
    return FileDeleted(chunks_removed=removed)


@router.get(
    "/{fileId}/status", operation_id="dashboardKbFilesStatus", summary="See how far ingestion is",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_status(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> IngestionStatus:
    with runtime.database.read() as session:
        return IngestionStatus.of(runtime.files.get(session, principal, dataset_id, file_id))


@router.get(
    "/{fileId}/report", operation_id="dashboardKbFilesReport", summary="See how a file was read, cut and embedded",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_report(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> IngestionReport:
    """Of the newest build, which may be under way or have failed while an older one is searched."""
    with runtime.database.read() as session:
        return IngestionReport.of(runtime.reports.get(session, principal, dataset_id, file_id))


@router.get(
    "/{fileId}/content",
    operation_id="dashboardKbFilesContent",
    summary="Download the file as it was uploaded",
    response_class=Response,
    responses={
        **errors(401, 403, 404, 503),
        200: {"description": "The file's bytes, of the type that was found in them", "content": {"*/*": _BINARY}},
        206: {"description": "The requested ranges of them", "content": {"*/*": _BINARY}},
        400: {
            "description": "A malformed id (`VALIDATION_ERROR`) or, as plain text, a malformed `Range`",
            "content": {"application/json": {"schema": _ENVELOPE}, "text/plain": _PLAIN},
        },
        416: {"description": "The requested range lies outside the file", "content": {"text/plain": _PLAIN}},
    },
)  # fmt: skip
def get_content(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> Response:
    """Always an attachment, never shown by a browser as a page of this server. `Range` is understood."""
    with runtime.database.read() as session:
        original = runtime.files.original(session, principal, dataset_id, file_id)
    return original_response(original)


router.include_router(pages.router)
