"""How long a sign-in lasts: the only place of that rule."""

from __future__ import annotations

from datetime import datetime, timedelta

from identity.models import SignIn

IDLE, LONGEST = timedelta(days=7), timedelta(days=30)
"""A sign-in ends when it was not refreshed for so long, and after so long whatever happens (ASVS 3.3)."""


def ends_at(row: SignIn) -> datetime:
    """Unless it is refreshed before, or ended."""
    return min(row.expires_at, row.refreshed_at + IDLE)


def is_open(row: SignIn, now: datetime) -> bool:
    return row.ended_at is None and now < ends_at(row)
