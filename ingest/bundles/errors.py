"""What can be wrong with a bundle."""

from __future__ import annotations

from kit.errors import Invalid


class BundleRefused(Invalid):
    """Nothing of it was taken in."""

    code = "BUNDLE_REFUSED"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the bundle is refused, and nothing of it was taken in: {reason}")
