"""What handlers ask for by type: the runtime, and a caller whose key may do what the operation does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias, cast

from fastapi import Depends, Path, Query, Request, Security
from fastapi.security import HTTPBearer

from api.auth import Authenticator, principal_of
from api.metrics import Metrics
from identity.types import Principal, Scope
from kit.errors import Forbidden
from kit.pagination import PageRequest, decode_cursor
from orchestration.runtime import Runtime

DEFAULT_PAGE, MAX_PAGE = 50, 200

# The guard has read the header by then; this one only tells the OpenAPI document about it.
_documented = HTTPBearer(
    auto_error=False, scheme_name="bearer", description="A key, as made at the first start or by `cairn keys create`"
)


async def get_runtime(request: Request) -> Runtime:
    return cast("Runtime", request.app.state.runtime)


async def get_authenticator(request: Request) -> Authenticator:
    return cast("Authenticator", request.app.state.authenticator)


def public_address(runtime: Runtime, request: Request) -> str:
    """What links begin with, without a slash at the end."""
    return str(runtime.settings.public_url or request.base_url).rstrip("/")


async def get_metrics(request: Request) -> Metrics:
    return cast("Metrics", request.app.state.metrics)


def caller_with(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """A dependency that gives the caller, or raises Forbidden where the key may not do what `scope` names."""

    async def caller(request: Request, _bearer: Annotated[object, Security(_documented)]) -> Principal:
        principal = principal_of(request.scope)
        if not principal.may(scope):
            raise Forbidden(f"this needs {scope.value}, which key {principal.name!r} does not have")
        return principal

    return caller


async def _any_caller(request: Request, _bearer: Annotated[object, Security(_documented)]) -> Principal:
    return principal_of(request.scope)


async def _whole_caller(request: Request, _bearer: Annotated[object, Security(_documented)]) -> Principal:
    principal = principal_of(request.scope)
    if not principal.is_whole:
        raise Forbidden(
            f"this needs a key that may do all that its role allows, and key {principal.name!r} may do less"
        )
    return principal


async def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on a page")] = DEFAULT_PAGE,
    cursor: Annotated[
        str | None, Query(max_length=400, description="What the page before names as its next; absent: from the start")
    ] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=None if cursor is None else decode_cursor(cursor))


RuntimeDep: TypeAlias = Annotated[Runtime, Depends(get_runtime)]
AuthenticatorDep: TypeAlias = Annotated[Authenticator, Depends(get_authenticator)]
MetricsDep: TypeAlias = Annotated[Metrics, Depends(get_metrics)]
PageDep: TypeAlias = Annotated[PageRequest, Depends(_page)]

CallerDep: TypeAlias = Annotated[Principal, Depends(_any_caller)]
"""Anybody with a key."""
WholeCaller: TypeAlias = Annotated[Principal, Depends(_whole_caller)]
"""Anybody whose key is narrowed in nothing: for what changes people, accounts and what they share."""
Reader: TypeAlias = Annotated[Principal, Depends(caller_with(Scope.READ))]
Searcher: TypeAlias = Annotated[Principal, Depends(caller_with(Scope.SEARCH))]
Writer: TypeAlias = Annotated[Principal, Depends(caller_with(Scope.WRITE))]
Manager: TypeAlias = Annotated[Principal, Depends(caller_with(Scope.MANAGE))]

_IDENTIFIER = r"^[!-~]{1,64}$"
DatasetId: TypeAlias = Annotated[str, Path(alias="datasetId", pattern=_IDENTIFIER, description="Id of a dataset")]
CitationKey: TypeAlias = Annotated[
    str, Path(alias="citationKey", pattern=r"^[A-Za-z0-9_-]{1,100}$", description="`citation.key` of a result")
]
SiteId: TypeAlias = Annotated[
    str, Path(alias="siteId", pattern=_IDENTIFIER, description="Id of a website of that dataset")
]
CrawlJobId: TypeAlias = Annotated[
    str, Path(alias="crawlJobId", pattern=_IDENTIFIER, description="Id of a crawl of that dataset")
]
FileId: TypeAlias = Annotated[
    str, Path(alias="fileId", pattern=_IDENTIFIER, description="Id of a file of that dataset")
]
ChunkId: TypeAlias = Annotated[
    str, Path(alias="chunkId", pattern=_IDENTIFIER, description="Id of a chunk of that file")
]
ChangeId: TypeAlias = Annotated[
    str, Path(alias="changeId", pattern=_IDENTIFIER, description="Id of a change of a chunk of that file")
]
