"""When a server wants to be asked again: `Retry-After`, in seconds or as a date."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_wished(header: bytes | None, *, now: datetime) -> float | None:
    """0 for a date that is past; None for what says nothing."""
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # HTTP's dates are all in GMT
    return max(0.0, (at - now).total_seconds())
