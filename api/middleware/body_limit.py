"""Bounds what is read of a request's body, before it is kept in memory or on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULT_LIMIT = 1024 * 1024
"""Bytes; no JSON request of this API comes near it."""

_STATE = "body_allowance"


class BodyTooLarge(HTTPException):
    """An HTTPException because FastAPI turns any other error of reading a body into a 400."""

    def __init__(self, limit: int) -> None:
        message = f"the request's body is larger than {limit:,} bytes; send less at a time"
        super().__init__(413, message, headers={"Connection": "close"})


@dataclass(slots=True)
class BodyAllowance:
    """Bytes that may still be read in all. A route raises it before it reads; it counts for the whole body.

    `further` is asked with the bytes that are declared or read so far, and raises where they are too many.
    """

    limit: int
    declared: int
    read: int = 0
    further: Callable[[int], None] | None = None

    def check(self) -> None:
        size = max(self.declared, self.read)
        if size > self.limit:
            raise BodyTooLarge(self.limit)
        if self.further is not None:
            self.further(size)


class BodyLimit:
    """Checks the declared length when the first bytes are asked for, and counts where none is declared."""

    def __init__(self, app: ASGIApp, *, limit: int = DEFAULT_LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        allowance = BodyAllowance(limit=self._limit, declared=int(declared) if declared.isdecimal() else 0)
        scope.setdefault("state", {})[_STATE] = allowance

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                allowance.read += len(message.get("body", b""))
                allowance.check()
            return message

        await self._app(scope, counted, send)


def allow_body(scope: Scope, limit: int, *, further: Callable[[int], None] | None = None) -> None:
    """Let this request's body be as long as `limit` bytes, and as `further` does not raise for."""
    allowance = _allowance_of(scope)
    allowance.limit, allowance.further = limit, further


def declared_length(scope: Scope) -> int:
    """Bytes of the body by its head; 0 where it does not say."""
    return _allowance_of(scope).declared


def _allowance_of(scope: Scope) -> BodyAllowance:
    allowance: BodyAllowance = scope["state"][_STATE]
    return allowance
