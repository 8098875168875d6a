"""The kind of work that an evaluation is."""

from __future__ import annotations

EVALUATE = "search.evaluate"
QUEUE = "evaluate"
