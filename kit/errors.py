"""Errors without status codes: a surface decides how each class is rendered.

A message names the offending value and what to do about it, and holds no secret: it is shown to the caller as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """One offending field: where it is (`chunkOverlap`, `files[2]`) and what is wrong with it."""

    field: str
    message: str


class CairnError(Exception):
    """`code` is a stable word for programs, `details` point at single fields."""

    code = "INTERNAL"

    def __init__(self, message: str, *, code: str | None = None, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = tuple(details)


class Invalid(CairnError):
    """The caller sent something that cannot be accepted as it is."""

    code = "VALIDATION_ERROR"


class Unprocessable(CairnError):
    """Well-formed, but not possible in the present state."""

    code = "UNPROCESSABLE"


class TooLarge(CairnError):
    """More bytes than a limit allows."""

    code = "PAYLOAD_TOO_LARGE"


class Unauthenticated(CairnError):
    """No credential, or one that is unknown, expired or revoked. Never says which of these."""

    code = "UNAUTHENTICATED"


class Forbidden(CairnError):
    """Known caller, not enough rights."""

    code = "FORBIDDEN"


class NotFound(CairnError):
    """Not there, or not there for this caller: the two look the same."""

    code = "NOT_FOUND"


class Conflict(CairnError):
    """The state does not allow it now."""

    code = "CONFLICT"


class RateLimited(CairnError):
    """Too much was asked; `retry_after` in seconds. `limit` and `remaining` where there is a number to tell."""

    code = "RATE_LIMITED"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float,
        code: str | None = None,
        limit: int | None = None,
        remaining: int = 0,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.limit = limit
        self.remaining = remaining


class Unavailable(CairnError):
    """Something Cairn depends on is not there or not answering; trying again may help."""

    code = "UNAVAILABLE"


class ConfigurationError(CairnError):
    """Cairn cannot start or run with the present settings or home."""

    code = "CONFIGURATION"
