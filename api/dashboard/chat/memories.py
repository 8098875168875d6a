"""/dashboard/v1/chat/memories: what a person has the assistant keep in mind."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.chat.schemas.memories import MemoryDeleted, MemoryItem, MemoryList, NewMemory
from api.deps import Reader, RuntimeDep
from api.envelope import errors

router = APIRouter(prefix="/memories", tags=["Chat"])

MemoryId: TypeAlias = Annotated[
    str, Path(alias="memoryId", pattern=r"^[!-~]{1,64}$", description="Id of a memory, `mem_…`")
]


@router.get(
    "", operation_id="dashboardChatMemoriesList", summary="List your memories", responses=errors(401, 403, 503),
)  # fmt: skip
def list_memories(principal: Reader, runtime: RuntimeDep) -> MemoryList:
    """Oldest first. Nobody else's, and nothing that you did not add yourself."""
    with runtime.database.read() as session:
        found = runtime.chat.memories.list(session, principal)
    return MemoryList(data=[MemoryItem.of(view) for view in found])


@router.post(
    "", status_code=201, operation_id="dashboardChatMemoriesCreate", summary="Have something kept in mind",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def add_memory(body: NewMemory, principal: Reader, runtime: RuntimeDep) -> MemoryItem:
    """The model that answers you is told of it, from the next message on."""
    with runtime.database.write() as session:
        return MemoryItem.of(runtime.chat.memories.add(session, principal, body.text))


@router.delete(
    "/{memoryId}", operation_id="dashboardChatMemoriesDelete", summary="Have it forgotten",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_memory(memory_id: MemoryId, principal: Reader, runtime: RuntimeDep) -> MemoryDeleted:
    with runtime.database.write() as session:
        runtime.chat.memories.delete(session, principal, memory_id)
    return MemoryDeleted()
