"""What can go wrong with a held job."""

from __future__ import annotations

from kit.errors import CairnError


class LeaseLost(CairnError):
    """Another worker took the job over, or it was cancelled: stop, and write nothing more in its name."""

    code = "LEASE_LOST"
