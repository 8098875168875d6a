"""How the workspaces' surface words things: bare objects, lists under their noun, snake_case, and flat errors."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.problems import Problem


class Body(BaseModel):
    """What the surface is sent; a field that is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class WorkspaceErrorDetail(BaseModel):
    field: str
    message: str


class WorkspaceError(BaseModel):
    """Every answer with a status of 400 or more."""

    error: str = Field(description="A sentence for people; names the offending value")
    code: str = Field(description="A stable word for programs")
    details: list[WorkspaceErrorDetail] = Field(description="The offending fields")
    request_id: str


def render(problem: Problem, request_id: str) -> Response:
    details = [WorkspaceErrorDetail(field=d.field, message=d.message) for d in problem.details]
    body = WorkspaceError(error=problem.message, code=problem.code, details=details, request_id=request_id)
    return JSONResponse(body.model_dump(), status_code=problem.status)


_MEANINGS = {
    400: "Something in the request is not acceptable",
    401: "No token, or one that is not accepted",
    403: "Not allowed",
    404: "Not there, or not there for this token",
    409: "The present state does not allow it",
    413: "The request is too large",
    422: "Well-formed, but not possible at present",
    503: "Something that Cairn depends on does not answer",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`."""
    return {status: {"model": WorkspaceError, "description": _MEANINGS[status]} for status in statuses}
