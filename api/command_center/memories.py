"""/api/v1/chat/memories: what the caller has the assistant keep in mind. Adding and deleting complete what is
documented."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.command_center.envelope import errors
from api.command_center.schemas.chat import MemoryRecord, MemoryRecords, NewMemoryBody
from api.command_center.schemas.people import IDENTIFIER
from api.deps import Reader, RuntimeDep

router = APIRouter(prefix="/chat/memories", tags=["Command center: chat"])


@router.get(
    "", operation_id="commandCenterMemoriesList", summary="Memory debug", responses=errors(401, 403, 503),
)  # fmt: skip
def list_memories(principal: Reader, runtime: RuntimeDep) -> MemoryRecords:
    """All that the model which answers you is told of you, and nothing of anybody else."""
    with runtime.database.read() as session:
        found = runtime.chat.memories.list(session, principal)
    return MemoryRecords(memories=[MemoryRecord.of(view) for view in found])


@router.post(
    "", status_code=201, operation_id="commandCenterMemoriesCreate", summary="Have something kept in mind",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def add_memory(body: NewMemoryBody, principal: Reader, runtime: RuntimeDep) -> MemoryRecord:
    with runtime.database.write() as session:
        return MemoryRecord.of(runtime.chat.memories.add(session, principal, body.text))


@router.delete(
    "/{memory_id}", status_code=204, operation_id="commandCenterMemoriesDelete", summary="Have it forgotten",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_memory(
    memory_id: Annotated[str, Path(pattern=IDENTIFIER, description="Id of a memory, `mem_…`")],
    principal: Reader,
    runtime: RuntimeDep,
) -> None:
    with runtime.database.write() as session:
        runtime.chat.memories.delete(session, principal, memory_id)
