"""The OpenAPI document: FastAPI's, corrected where it says what this API does not do."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_DESCRIPTION = """
A self-hosted knowledge base: files go in, passages with their source come out.

Every path but the operational ones needs `Authorization: Bearer <key>`. An error is always
`{"error": {"code", "message", "details", "requestId"}}`; its `requestId` is also in the `X-Request-Id` header and in
Cairn's log. Times are ISO 8601 in UTC.
"""
_TAGS = [
    {"name": "Caller", "description": "Who asks, and what the key may do"},
    {"name": "Knowledge base: datasets", "description": "Collections of files that are searched together"},
    {"name": "Knowledge base: files", "description": "Uploading, following, switching, reading and deleting files"},
    {"name": "Knowledge base: progress", "description": "How far the work is, once or live"},
    {"name": "Knowledge base: jobs", "description": "What runs, waits and failed"},
    {"name": "Knowledge base: websites", "description": "Websites whose pages become files, and stay current"},
    {"name": "Knowledge base: search", "description": "Passages by meaning and by words"},
    {"name": "Chat", "description": "Conversations with the assistant, and what it keeps in mind"},
    {"name": "Events", "description": "What happens in the tenant, live"},
    {"name": "Access: keys", "description": "What programs and agents are let in with"},
    {"name": "Access: team", "description": "People and agents of the tenant"},
    {"name": "Access: audit log", "description": "Who did what, from where, with which key"},
    {"name": "Operations", "description": "For those who run Cairn; these need no key"},
]
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` give the corrected document, built once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=_DESCRIPTION.strip(),
                routes=app.routes,
                tags=_TAGS,
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
                servers=[{"url": "/"}],
            )
            _drop_framework_errors(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to replace it


def _drop_framework_errors(document: dict[str, Any]) -> None:
    """FastAPI announces a 422 of its own shape on every operation with parameters; here those are 400s."""
    for path in document["paths"].values():
        for operation in path.values():
            unprocessable = operation["responses"].get("422")
            if unprocessable is not None and _UNUSED[0] in str(unprocessable):
                del operation["responses"]["422"]
    for name in _UNUSED:
        document["components"]["schemas"].pop(name, None)
