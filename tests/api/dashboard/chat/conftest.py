"""A dataset to ask about: the same as for activities."""

from __future__ import annotations

from tests.api.dashboard.work.conftest import address, kitchen

__all__ = ["address", "kitchen"]
