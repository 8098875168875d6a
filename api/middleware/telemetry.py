"""Round all that may fail: gives a request its id, counts and logs it, and answers where nothing below did."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.routes import RouteTemplates
from api.surfaces import Surfaces
from kit.ids import new_id
from kit.logging import log_context

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = structlog.get_logger("cairn.http")


@dataclass(slots=True)
class _Exchange:
    """What becomes known of one request while it runs. `status` is None until the answer starts."""

    request_id: str
    started: float = field(default_factory=perf_counter)
    status: int | None = None


class Telemetry:
    """Paths are logged without their query, which may hold what people searched for; headers are never logged."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, surfaces: Surfaces, templates: RouteTemplates) -> None:
        self._app = app
        self._metrics = metrics
        self._surfaces = surfaces
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(_request_id(scope))
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        with log_context(request_id=exchange.request_id):
            try:
                await self._answer(scope, receive, send, exchange)
            finally:
                self._record(scope, exchange)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, exchange: _Exchange) -> None:
        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = exchange.request_id
            await send(message)

        try:
            await self._app(scope, receive, tagged)
        except Exception as error:  # the edge of a request: whatever went wrong, the caller gets an answer
            problem, response = self._surfaces.respond(scope, error)
            if problem.unexpected:
                _log.exception("http.failed", method=scope["method"], path=scope["path"])
            if exchange.status is not None:
                raise  # half an answer is out already: the server has to break the connection
            await response(scope, receive, tagged)

    def _record(self, scope: Scope, exchange: _Exchange) -> None:
        seconds = perf_counter() - exchange.started
        status = exchange.status or 499  # the client left before there was an answer
        template = self._templates.of(scope)
        self._metrics.observe_request(method=scope["method"], route=template, status=status, seconds=seconds)
        _log.info(
            "http.request",
            method=scope["method"],
            path=scope["path"],
            route=template,
            status=status,
            duration_ms=round(seconds * 1000, 2),
        )


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ACCEPTED_ID.fullmatch(given) else new_id()
