"""The envelope of an error: `{"error": {"code", "message", "details", "requestId"}}`."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.problems import Problem


class ErrorDetail(BaseModel):
    """One offending field."""

    field: str = Field(description="Where it is: `chunkOverlap`, `files[2]`, `filter.metadata`")
    message: str = Field(description="What is wrong with it")


class Error(BaseModel):
    code: str = Field(description="A stable word for programs")
    message: str = Field(description="A sentence for people; names the offending value")
    details: list[ErrorDetail] = Field(description="The offending fields; empty where the error is not about a field")
    requestId: str = Field(description="The request's id, as in the `X-Request-Id` header and in Cairn's log")  # noqa: N815 - the API's spelling


class ErrorEnvelope(BaseModel):
    """Every answer with a status of 400 or more."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": {
                    "code": "VALIDATION_ERROR",
                    "message": "chunkOverlap: 600 is outside 0-512 tokens",
                    "details": [{"field": "chunkOverlap", "message": "600 is outside 0-512 tokens"}],
                    "requestId": "01KAV5W4F6Q8D1F0T8A9Z6Q2MC",
                }
            }
        }
    )

    error: Error


def render(problem: Problem, request_id: str) -> Response:
    details = [ErrorDetail(field=d.field, message=d.message) for d in problem.details]
    error = Error(code=problem.code, message=problem.message, details=details, requestId=request_id)
    return JSONResponse(ErrorEnvelope(error=error).model_dump(), status_code=problem.status)


_DESCRIPTIONS = {
    400: "A field is missing, malformed or outside its limits (`VALIDATION_ERROR`)",
    401: "No key, or one that is unknown, expired or revoked (`UNAUTHENTICATED`)",
    403: "The key may not do this (`FORBIDDEN`)",
    404: "It does not exist, or this key may not see it (`NOT_FOUND`)",
    409: "The present state does not allow it (`CONFLICT`)",
    413: "More bytes than the limit allows (`PAYLOAD_TOO_LARGE`)",
    416: "The requested range lies outside the file (`RANGE_NOT_SATISFIABLE`)",
    422: "Well-formed, but not possible at present (`UNPROCESSABLE`)",
    429: "Too many requests; see `Retry-After` (`RATE_LIMITED`)",
    500: "A bug or a broken installation (`INTERNAL`); the log has the details under the request's id",
    503: "Something that Cairn depends on does not answer, or the queue is full; see `Retry-After` (`UNAVAILABLE`)",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an operation's `responses` say about these statuses, and about 500, which nothing is safe from."""
    known = (*statuses, 500)
    return {status: {"model": ErrorEnvelope, "description": _DESCRIPTIONS[status]} for status in known}
