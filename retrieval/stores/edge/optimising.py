"""What is done to a shard beyond removing its dead points."""

from __future__ import annotations

from enum import StrEnum


class Optimising(StrEnum):
    VACUUM = "vacuum"
    GRAPH = "graph"
    QUANTIZED_GRAPH = "quantized-graph"
    """Walked by copies of the vectors with a byte a dimension."""
