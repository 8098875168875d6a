"""Names as they stand in addresses."""

from __future__ import annotations

import re

_UNFIT = re.compile(r"[^a-z0-9]+")


def slug_of(name: str, *, otherwise: str) -> str:
    """At most 100 characters; `otherwise` where nothing of the name is left."""
    return _UNFIT.sub("-", name.lower()).strip("-")[:100] or otherwise
