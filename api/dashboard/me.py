"""/dashboard/v1/me: who the key belongs to, what it may do, and the limits that a client checks before it sends."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from pydantic import Field

from api.deps import CallerDep, RuntimeDep
from api.envelope import errors
from api.fields import ResponseBody
from api.routes import operations
from identity.types import ROLE_SCOPES, Principal, Role, Scope
from kit.settings import Settings
from retrieval.search.limits import DEFAULT_ALPHA, DEFAULT_TOP_K, MAX_TOP_K

router = APIRouter(tags=["Caller"])


class UploadLimits(ResponseBody):
    max_files: int
    max_file_bytes: int
    max_batch_bytes: int


class Defaults(ResponseBody):
    """What applies where a request leaves it out."""

    chunk_size: int
    chunk_overlap: int
    top_k: int
    max_top_k: int
    hybrid_alpha: float


class Caller(ResponseBody):
    key_id: str
    name: str = Field(description="The key's name")
    role: Role
    scopes: Sequence[Scope] = Field(description="What the key may be used for, within its role")
    agent_role: str | None
    dataset_ids: Sequence[str] | None = Field(description="The only datasets of this key; null: no such limit")
    client_id: str | None = Field(description="The client that the key is for")
    version: str = Field(description="Cairn's")
    operations: Sequence[str] = Field(
        description="Operation ids of what this installation offers, as in its OpenAPI document"
    )
    uploads: UploadLimits
    defaults: Defaults

    @classmethod
    def of(cls, principal: Principal, settings: Settings, operations: Sequence[str]) -> Caller:
        return cls(
            key_id=principal.key_id,
            name=principal.name,
            role=principal.role,
            scopes=sorted(principal.scopes & ROLE_SCOPES[principal.role]),
            agent_role=principal.agent_role,
            dataset_ids=principal.dataset_ids,
            client_id=principal.client_id,
            version=version("cairn"),
            operations=operations,
            uploads=UploadLimits(
                max_files=settings.upload_max_files,
                max_file_bytes=settings.upload_max_file,
                max_batch_bytes=settings.upload_max_batch,
            ),
            defaults=Defaults(
                chunk_size=settings.chunk_size,
                chunk_overlap=settings.chunk_overlap,
                top_k=DEFAULT_TOP_K,
                max_top_k=MAX_TOP_K,
                hybrid_alpha=DEFAULT_ALPHA,
            ),
        )


@router.get("/me", operation_id="dashboardMe", summary="Whose key this is and what it may do", responses=errors(401))
def get_me(request: Request, principal: CallerDep, runtime: RuntimeDep) -> Caller:
    """Any key may ask this."""
    return Caller.of(principal, runtime.settings, _operations(request.app))


def _operations(app: FastAPI) -> list[str]:
    """Read off the routes once; they are all there before the first request."""
    known: list[str] | None = getattr(app.state, "operation_ids", None)
    if known is None:
        routes = (operation.route for operation in operations(app))
        known = sorted({route.operation_id for route in routes if isinstance(route, APIRoute) and route.operation_id})
        app.state.operation_ids = known
    return known
