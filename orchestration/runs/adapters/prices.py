"""What models cost, as the operator has written it down."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kit.errors import ConfigurationError
from orchestration.runs.types import Price


def prices(text: str | None) -> Mapping[str, Price]:
    """By model, from `model=0.25/2` with commas between. ConfigurationError."""
    found: dict[str, Price] = {}
    for part in filter(None, (piece.strip() for piece in (text or "").split(","))):
        model, _, both = part.rpartition("=")
        try:
            read, written = (float(one) for one in both.split("/"))
        except ValueError:
            read = written = -1.0
        if not model or not all(math.isfinite(one) and one >= 0 for one in (read, written)):
            raise ConfigurationError(
                f"CAIRN_MODEL_PRICES: {part!r} is no price; write model=0.25/2 for 0.25 US dollars a million tokens "
                "read and 2 a million written"
            )
        found[model.strip()] = Price(read, written)
    return found
