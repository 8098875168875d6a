"""From an exception to what a caller is told: a status, a code, a message and the offending fields.

A `Problem` has no shape yet: the surface that owns the path renders it in its own envelope (see `api.surfaces`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.field_errors import offending_fields
from kit.errors import (
    CairnError,
    ConfigurationError,
    Conflict,
    Detail,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from kit.full_disks import is_disk_full

RETRY_AFTER_SECONDS = 5
"""Told to callers when something that Cairn depends on does not answer."""

_STATUSES: tuple[tuple[type[CairnError], int], ...] = (
    (Invalid, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (Unprocessable, 422),
    (RateLimited, 429),
    (Unavailable, 503),
    (ConfigurationError, 500),
)
_CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    416: "RANGE_NOT_SATISFIABLE",
    503: "UNAVAILABLE",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`unexpected` marks a bug: it is logged with its traceback, and the caller learns nothing of its inside."""

    status: int
    code: str
    message: str
    details: Sequence[Detail] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    unexpected: bool = False


def problem_of(error: Exception) -> Problem:
    """The problem that an exception stands for. Never raises; anything unknown is an unexpected 500."""
    if isinstance(error, CairnError):
        return _known(error)
    if isinstance(error, RequestValidationError):
        details = offending_fields(error.errors())
        named = "; ".join(f"{d.field}: {d.message}" for d in details)
        return Problem(400, "VALIDATION_ERROR", named or "the request is not valid", details)
    if isinstance(error, HTTPException):
        return _from_framework(error)
    if isinstance(error, ClientDisconnect):
        return Problem(400, "REQUEST_INCOMPLETE", "the connection ended before the request did")
    if (lacking := _lacking(error)) is not None:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return Problem(503, "UNAVAILABLE", lacking, headers=headers, unexpected=True)
    return Problem(500, "INTERNAL", "something went wrong inside Cairn; its log has the details", unexpected=True)


def _lacking(error: Exception) -> str | None:
    """What whoever runs Cairn has to see to: the log has the traceback as well."""
    if is_disk_full(error):
        return "the disk that Cairn writes to is full; nothing was changed: make room, then try again"
    if isinstance(error, OperationalError | PoolTimeout):
        return "the database does not answer in time; try again in a few seconds"
    return None


def _known(error: CairnError) -> Problem:
    status = next((number for kind, number in _STATUSES if isinstance(error, kind)), None)
    if status is None:
        return Problem(500, "INTERNAL", "something went wrong inside Cairn; its log has the details", unexpected=True)
    return Problem(status, error.code, error.message, error.details, _headers(error), unexpected=status == 500)


def _headers(error: CairnError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="cairn"'}
    if isinstance(error, RateLimited):
        return _limit_headers(error)
    if isinstance(error, Unavailable):
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    if isinstance(error, TooLarge):
        return {"Connection": "close"}  # what is left of the body is not going to be read
    return {}


def _limit_headers(error: RateLimited) -> dict[str, str]:
    """`Retry-After`, and the usual ones where there is a limit to tell."""
    wait = str(max(1, ceil(error.retry_after)))
    if error.limit is None:
        return {"Retry-After": wait}
    return {
        "Retry-After": wait,
        "X-RateLimit-Limit": str(error.limit),
        "X-RateLimit-Remaining": str(error.remaining),
        "X-RateLimit-Reset": wait,
    }


def _from_framework(error: HTTPException) -> Problem:
    code = _CODES.get(error.status_code, HTTPStatus(error.status_code).name)
    return Problem(error.status_code, code, str(error.detail), headers=error.headers or {})
