"""Files as resources: listed for whoever asks, read as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, Annotations, ListResourcesResult, PaginatedRequestParams, Resource

from api.mcp.desk import Desk
from api.mcp.wording import MOST_TOKENS
from identity.types import Scope
from ingest.files.reading import Place
from kit.errors import CairnError, Forbidden, NotFound
from kit.pagination import decode_cursor, encode_cursor

TEMPLATE = "cairn://files/{file_id}"
_PAGE = 100

OpenDeskFor: TypeAlias = Callable[[Any], Desk]


class FileResources:
    def __init__(self, open_desk_for: OpenDeskFor) -> None:
        self._open_desk_for = open_desk_for

    async def list_them(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Answers resources/list for the caller; the SDK's own list is the same for all."""
        if ctx.method != "resources/list":
            return await call_next(ctx)
        params = PaginatedRequestParams.model_validate(dict(ctx.params or {}))
        try:
            return await anyio.to_thread.run_sync(self._listed, ctx.request, params.cursor)
        except CairnError as error:
            raise MCPError(code=INVALID_PARAMS, message=f"{error.code}: {error.message}") from error

    def _listed(self, request: Any, cursor: str | None) -> ListResourcesResult:
        desk = self._open_desk_for(request)
        if not desk.principal.may(Scope.READ):
            raise Forbidden(f"listing files needs {Scope.READ.value}, which key {desk.principal.name!r} does not have")
        after = "" if cursor is None else decode_cursor(cursor)
        with desk.runtime.database.read() as session:
            places = desk.runtime.reading.files(session, desk.principal, limit=_PAGE + 1, after=after)
        shown = places[:_PAGE]
        return ListResourcesResult(
            resources=[_resource(place) for place in shown],
            next_cursor=encode_cursor(shown[-1].file_id) if len(places) > _PAGE else None,
        )

    @staticmethod
    def add_template(server: MCPServer, open_desk: Callable[[Context[Any, Any]], Desk]) -> None:
        @server.resource(
            TEMPLATE,
            title="A file's text",
            description="The text of a file, as far as it fits; outline and read_around lead further",
            mime_type="text/plain",
        )
        async def file_text(file_id: str, ctx: Context[Any, Any]) -> str:
            try:
                return await anyio.to_thread.run_sync(
                    lambda: open_desk(ctx).answered(
                        "resource", lambda desk: desk.text(file_id, first=0, tokens=MOST_TOKENS)
                    )
                )
            except NotFound as error:
                raise ResourceNotFoundError(error.message) from error
            except CairnError as error:
                raise ResourceError(f"{error.code}: {error.message}") from error


def _resource(place: Place) -> Resource:
    return Resource(
        uri=TEMPLATE.replace("{file_id}", place.file_id),
        name=place.file_name,
        description=f"In dataset {place.dataset_name!r}",
        mime_type="text/plain",
        annotations=Annotations(audience=["assistant"]),
    )
