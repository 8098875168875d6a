"""/dashboard/v1/knowledge-base/datasets/{datasetId}/files/{fileId}/chunks: seen, searched, put right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dashboard.knowledge_base.schemas.chunks import (
    ChangeList,
    ChangeReverted,
    Chunk,
    ChunkAddition,
    ChunkModification,
    ChunkPage,
)
from api.deps import ChangeId, ChunkId, DatasetId, FileId, PageDep, Reader, RuntimeDep, Writer
from api.envelope import errors

router = APIRouter(prefix="/datasets/{datasetId}/files/{fileId}", tags=["Knowledge base: chunks"])

Words = Annotated[
    str | None,
    Query(alias="query", max_length=400, description="Only chunks that hold all of these words, in any order and case"),
]


@router.get(
    "/chunks", operation_id="dashboardKbFilesChunks", summary="Page through a file's chunks, or those with given words",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_chunks(
    dataset_id: DatasetId,
    file_id: FileId,
    page: PageDep,
    principal: Reader,
    runtime: RuntimeDep,
    *,
    words: Words = None,
) -> ChunkPage:
    """The chunks of the build that is searched, in the order of the document, switched-off ones as well."""
    with runtime.database.read() as session:
        if words is not None and words.strip():
            found = runtime.chunk_search.find(session, principal, dataset_id, file_id, words=words, page=page)
        else:
            found = runtime.files.chunks(session, principal, dataset_id, file_id, page)
    return ChunkPage.of(found, limit=page.limit)


@router.post(
    "/chunks", operation_id="dashboardKbChunksAdd", summary="Add a chunk by hand", status_code=201,
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def add_chunk(
    dataset_id: DatasetId, file_id: FileId, body: ChunkAddition, principal: Writer, runtime: RuntimeDep
) -> Chunk:
    """It goes behind the parsed ones, and into every later build of the file. 409 while a build is under way."""
    with runtime.database.write() as session:
        view = runtime.review.add(session, principal, dataset_id, file_id, body.to_new())
    runtime.worker.nudge()
    return Chunk.of(view)


@router.patch(
    "/chunks/{chunkId}", operation_id="dashboardKbChunksUpdate", summary="Put a chunk right, or switch it on or off",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def modify_chunk(
    dataset_id: DatasetId,
    file_id: FileId,
    chunk_id: ChunkId,
    body: ChunkModification,
    *,
    principal: Writer,
    runtime: RuntimeDep,
) -> Chunk:
    """The change is kept beside the chunk and applied again to every later build that parses the same text."""
    with runtime.database.write() as session:
        view = runtime.review.change(
            session, principal, dataset_id, file_id, chunk_id=chunk_id, change=body.to_change()
        )
    runtime.worker.nudge()
    return Chunk.of(view)


@router.get(
    "/chunk-changes", operation_id="dashboardKbChunkChanges", summary="List what people changed about a file's chunks",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_changes(dataset_id: DatasetId, file_id: FileId, principal: Reader, runtime: RuntimeDep) -> ChangeList:
    """Oldest first, with those in conflict: their text is in the present chunks no more."""
    with runtime.database.read() as session:
        return ChangeList.of(runtime.review.overlays(session, principal, dataset_id, file_id))


@router.delete(
    "/chunk-changes/{changeId}", operation_id="dashboardKbChunkChangesRevert", summary="Take a change of a chunk back",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def revert_change(
    dataset_id: DatasetId, file_id: FileId, change_id: ChangeId, principal: Writer, runtime: RuntimeDep
) -> ChangeReverted:
    """An edited chunk says again what was parsed, a chunk added by hand is gone, a conflict is settled."""
    with runtime.database.write() as session:
        runtime.review.revert(session, principal, dataset_id, file_id, change_id)
    runtime.worker.nudge()
    return ChangeReverted()
