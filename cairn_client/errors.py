"""What can go wrong between a client and a Cairn server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """An offending field of a request, and what is wrong with it."""

    field: str
    message: str


class CairnFailed(Exception):
    """Base of all errors of this package; the message is the server's, or says why there was none."""


class ServerUnreachable(CairnFailed):
    """No answer came: nothing is known of what became of the request."""


class Refused(CairnFailed):
    """The server answered, and not with what was asked for. `code` is a stable word for programs, `request_id` finds
    the request in the server's log."""

    def __init__(
        self, message: str, *, status: int, code: str, details: Sequence[FieldProblem] = (), request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = tuple(details)
        self.request_id = request_id


class NotAllowed(Refused):
    """401 or 403: the key is not accepted, or may not do this."""


class NotThere(Refused):
    """404: it does not exist, or not for this key."""


class ComeBackLater(Refused):
    """429 or 503: too much was asked, or something is away. `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float, **known: Any) -> None:
        super().__init__(message, **known)
        self.retry_after = retry_after


class IngestionFailed(CairnFailed):
    """A file that was waited for cannot be found: it could not be read or embedded."""


def refused(status: int, headers: Mapping[str, str], body: Any) -> Refused:
    """The error that an answer stands for; `body` is its JSON, or None where it has none."""
    said = body.get("error") if isinstance(body, dict) else None
    said = said if isinstance(said, dict) else {}
    known: dict[str, Any] = {
        "status": status,
        "code": str(said.get("code", "")),
        "details": [FieldProblem(str(d.get("field")), str(d.get("message"))) for d in said.get("details", ())],
        "request_id": headers.get("x-request-id", ""),
    }
    message = str(said.get("message") or f"the server answered {status}")
    if status in {429, 503}:
        wait = headers.get("retry-after", "")
        return ComeBackLater(message, retry_after=float(wait) if wait.isdecimal() else 1.0, **known)
    kind = {401: NotAllowed, 403: NotAllowed, 404: NotThere}.get(status, Refused)
    return kind(message, **known)
