"""The platform's envelope: `{"data": …}`, `{"data": […], "meta": {…}}`, and `{"error": {…}}`; snake_case throughout."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.problems import Problem

T = TypeVar("T")


class Body(BaseModel):
    """What the platform is sent; a field that is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Item(BaseModel, Generic[T]):
    data: T


class PageMeta(BaseModel):
    total: int
    limit: int
    offset: int


class Many(BaseModel, Generic[T]):
    data: list[T]
    meta: PageMeta


class Done(BaseModel):
    """`meta.message` is a sentence for people."""

    data: dict[str, Any]
    meta: dict[str, Any] = Field(default_factory=dict)


class PlatformErrorDetail(BaseModel):
    field: str
    message: str


class PlatformError(BaseModel):
    code: str
    message: str
    details: list[PlatformErrorDetail]
    request_id: str


class PlatformErrorEnvelope(BaseModel):
    error: PlatformError


def many(items: list[T], *, limit: int, offset: int, total: int | None = None) -> Many[T]:
    """A page; without `total` the items are all there are, and the page is cut out of them."""
    if total is not None:
        return Many(data=items, meta=PageMeta(total=total, limit=limit, offset=offset))
    return Many(data=items[offset : offset + limit], meta=PageMeta(total=len(items), limit=limit, offset=offset))


def done(message: str, **data: Any) -> Done:
    return Done(data={"success": True, **data}, meta={"message": message})


def render(problem: Problem, request_id: str) -> Response:
    details = [PlatformErrorDetail(field=d.field, message=d.message) for d in problem.details]
    error = PlatformError(code=problem.code, message=problem.message, details=details, request_id=request_id)
    return JSONResponse(PlatformErrorEnvelope(error=error).model_dump(), status_code=problem.status)


_MEANINGS = {
    400: "Something in the request is not acceptable",
    401: "No key or token, or one that is not accepted",
    403: "Not allowed",
    404: "Not there, or not there for this caller",
    409: "The present state does not allow it",
    413: "The request is too large",
    422: "Well-formed, but not possible at present",
    429: "Too many requests; `Retry-After` says when to come back",
    503: "Something that Cairn depends on does not answer",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`."""
    return {status: {"model": PlatformErrorEnvelope, "description": _MEANINGS[status]} for status in statuses}
