"""/mcp: the MCP server over streamable HTTP, behind the same guard as every other path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.auth import principal_of
from api.mcp.desk import Desk
from api.mcp.server import make_server
from api.surfaces import request_id
from orchestration.runtime import Runtime

PATH = "/mcp"

_EVERY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""A page that rebinds a name to this server can send it no key, and without one nothing is answered."""


class McpEndpoint:
    """Stateless: any process answers any message. Bound to the app's runtime when a message comes.

    The SDK's session manager runs once, in the event loop that it began in, so each run of the app has its own.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._managers: dict[asyncio.AbstractEventLoop, StreamableHTTPSessionManager] = {}
        # added by itself: mounted, it would answer at /mcp/ only
        self._route = Route(PATH, endpoint=self, methods=["GET", "POST", "DELETE"], include_in_schema=False)
        self._route.methods = {"GET", "POST", "DELETE"}  # without the HEAD that a route for GET comes with
        app.router.routes.append(self._route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self._route  # as FastAPI's routes do, so that it is counted under its path
        await self._managers[asyncio.get_running_loop()].handle_request(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Round the time in which the app serves."""
        server = make_server(self._open_desk)
        server.streamable_http_app(streamable_http_path=PATH, stateless_http=True, transport_security=_EVERY_HOST)
        loop = asyncio.get_running_loop()
        self._managers[loop] = server.session_manager
        try:
            async with server.session_manager.run():
                yield
        finally:
            del self._managers[loop]

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
