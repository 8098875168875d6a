"""Work of the tenant under test: the same for every surface."""

from __future__ import annotations

from tests.api.dashboard.work.conftest import address, ask, kitchen, working

__all__ = ["address", "ask", "kitchen", "working"]
