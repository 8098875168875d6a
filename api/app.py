"""The composition root of the server: settings in, an ASGI app out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import documentation, envelope, probes
from api.auth import Authenticator, KeyGuard
from api.command_center import surface as command_center
from api.dashboard import surface as dashboard
from api.doorkeeper import Doorkeeper
from api.mcp.http import McpEndpoint
from api.metrics import Metrics
from api.middleware.body_limit import BodyLimit
from api.middleware.security_headers import SecurityHeaders
from api.middleware.telemetry import Telemetry
from api.openapi import describe
from api.platform import surface as platform
from api.readiness import Readiness
from api.routes import RouteTemplates, allowed_methods
from api.streams import Looks
from api.surfaces import Surfaces
from api.ui import console
from api.workspaces import surface as workspaces
from kit.errors import CairnError
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime

OPEN_PATHS = probes.OPEN_PATHS | documentation.OPEN_PATHS | console.OPEN_PATHS | platform.OPEN_PATHS
"""All that is served without a key; see `api.auth.KeyGuard`."""


def create_app(settings: Settings, runtime: Runtime | None = None) -> FastAPI:
    """The app builds, starts and stops a runtime of its own, unless it is given one that its giver looks after."""
    app = FastAPI(
        title="Cairn",
        version=version("cairn"),
        lifespan=_lifespan(settings, runtime),
        docs_url=None,  # api.documentation has pages of its own
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would go to whatever host the request names
    )
    if runtime is not None:
        _bind(app, runtime)
    app.include_router(dashboard.router)
    app.include_router(command_center.router)
    app.include_router(platform.router)
    app.include_router(workspaces.router)
    app.include_router(probes.router)
    documentation.add_documentation(app)
    console.add_console(app)
    app.state.mcp = McpEndpoint(app)
    describe(app)
    surfaces = Surfaces(
        [dashboard.SURFACE, command_center.SURFACE, *platform.SURFACES, *workspaces.SURFACES], default=envelope.render
    )
    _answer_errors(app, surfaces)
    _wrap(app, surfaces)
    return app


def _lifespan(settings: Settings, given: Runtime | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        mcp: McpEndpoint = app.state.mcp
        if given is not None:
            async with mcp.running():
                yield
            return
        runtime = await run_in_threadpool(build_runtime, settings)
        try:
            await run_in_threadpool(runtime.start)
            _bind(app, runtime)
            async with mcp.running():
                yield
        finally:
            await run_in_threadpool(runtime.close)

    return lifespan


def _bind(app: FastAPI, runtime: Runtime) -> None:
    app.state.runtime = runtime
    app.state.authenticator = Authenticator(runtime)
    app.state.looks = Looks()
    app.state.doorkeeper = Doorkeeper(app.state.authenticator.holders)
    app.state.readiness = Readiness(runtime)


def _wrap(app: FastAPI, surfaces: Surfaces) -> None:
    """Layers from the inside out: the last one added is the first to see a request."""

    def job_counts() -> dict[tuple[str, str], int]:
        runtime: Runtime = app.state.runtime
        with runtime.database.read() as session:
            return runtime.queue.counts(session)

    metrics = Metrics(job_counts=job_counts)
    app.state.metrics = metrics
    app.add_middleware(BodyLimit)
    app.add_middleware(KeyGuard, open_paths=OPEN_PATHS)
    app.add_middleware(Telemetry, metrics=metrics, surfaces=surfaces, templates=RouteTemplates())
    app.add_middleware(SecurityHeaders)  # outside of what answers for errors, which need them as well


def _answer_errors(app: FastAPI, surfaces: Surfaces) -> None:
    """What is not named here, bugs among it, is answered by Telemetry."""

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            error = HTTPException(405, headers={"Allow": ", ".join(allowed_methods(app, request.url.path))})
        _, response = surfaces.respond(request.scope, error)
        return response

    for kind in (CairnError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer)
