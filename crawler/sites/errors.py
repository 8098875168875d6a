"""What can be wrong about a site."""

from __future__ import annotations

from kit.errors import NotFound


class SiteIsNotThere(NotFound):
    code = "SITE_NOT_FOUND"

    def __init__(self, site_id: str) -> None:
        super().__init__(f"there is no site {site_id!r} in this dataset")
