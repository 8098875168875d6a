"""/dashboard/v1/knowledge-base/saved-searches: searches to be made again."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.knowledge_base.schemas.saved_searches import (
    SavedSearchItem,
    SavedSearchList,
    SavedSearchRemoved,
    SearchToSave,
)
from api.deps import RuntimeDep, Searcher
from api.envelope import errors

router = APIRouter(prefix="/saved-searches", tags=["Knowledge base: search"])

SavedSearchId: TypeAlias = Annotated[
    str, Path(alias="savedSearchId", pattern=r"^[!-~]{1,64}$", description="Id of a saved search")
]


@router.get(
    "", operation_id="dashboardKbSavedSearchesList", summary="List saved searches", responses=errors(401, 403, 503),
)  # fmt: skip
def list_saved(principal: Searcher, runtime: RuntimeDep) -> SavedSearchList:
    """Those of the tenant whose datasets the key may all see, whoever saved them, newest first."""
    with runtime.database.read() as session:
        found = runtime.searching.saved.list(session, principal)
    return SavedSearchList(data=[SavedSearchItem.of(view) for view in found])


@router.put(
    "", operation_id="dashboardKbSavedSearchesSave", summary="Save a search",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def save_search(body: SearchToSave, principal: Searcher, runtime: RuntimeDep) -> SavedSearchItem:
    """Under a name that you have used before, it takes the place of the older one."""
    with runtime.database.write() as session:
        return SavedSearchItem.of(runtime.searching.saved.save(session, principal, body.to_new()))


@router.delete(
    "/{savedSearchId}", operation_id="dashboardKbSavedSearchesRemove", summary="Remove a saved search",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def remove_saved(search_id: SavedSearchId, principal: Searcher, runtime: RuntimeDep) -> SavedSearchRemoved:
    """Your own; administrators may remove everybody's."""
    with runtime.database.write() as session:
        runtime.searching.saved.remove(session, principal, search_id)
    return SavedSearchRemoved()
