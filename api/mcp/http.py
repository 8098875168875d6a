"""/mcp: the MCP server over streamable HTTP, behind the same guard as every other path."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import principal_of
from api.mcp.desk import Desk
from api.mcp.server import make_server
from api.surfaces import request_id
from orchestration.runtime import Runtime

PATH = "/mcp"

_EVERY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""A page that rebinds a name to this server can send it no key, and without one nothing is answered."""


class _Endpoint:
    """Says which route it is, as FastAPI's do, so that it is counted under its path."""

    route: Route

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self.route
        await self._inner(scope, receive, send)


class McpEndpoint:
    """Stateless: any process answers any message. Bound to the app's runtime when a message comes."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        server = make_server(self._open_desk)
        # For its session manager: mounted, the app that this gives would answer at /mcp/ only.
        server.streamable_http_app(streamable_http_path=PATH, stateless_http=True, transport_security=_EVERY_HOST)
        self._manager = server.session_manager
        endpoint = _Endpoint(StreamableHTTPASGIApp(self._manager))
        endpoint.route = Route(PATH, endpoint=endpoint, methods=["GET", "POST", "DELETE"], include_in_schema=False)
        endpoint.route.methods = {"GET", "POST", "DELETE"}  # without the HEAD that a route for GET comes with
        app.router.routes.append(endpoint.route)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Once for each app, round the time in which it serves."""
        return self._manager.run()

    def _open_desk(self, request: Any) -> Desk:
        runtime: Runtime = self._app.state.runtime
        base = str(runtime.settings.public_url or request.base_url).rstrip("/")
        client = request.client
        return Desk(
            runtime=runtime,
            principal=principal_of(request.scope),
            base=base,
            ip=client.host if client else None,
            request_id=request_id(request.scope),
        )
