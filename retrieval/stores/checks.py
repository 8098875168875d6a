"""What every store refuses before it reaches an engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kit.errors import Invalid
from retrieval.types import Point, Vector


def check_points(points: Sequence[Point]) -> None:
    for point in points:
        _check_vector(point.vector, f"vector of point {point.id}")
        if point.window and point.text is not None:
            raise Invalid(f"point {point.id} is window {point.window} and has text; only window 0 carries the text")


def check_query(vector: Vector | None, pool: int) -> None:
    if pool < 1:
        raise Invalid(f"pool is {pool}; at least one candidate must be asked for")
    if vector is not None:
        _check_vector(vector, "query vector")


def _check_vector(vector: Vector, name: str) -> None:
    if vector.ndim != 1 or not len(vector):
        raise Invalid(f"{name} has shape {vector.shape}; one dimension is needed")
    if not np.isfinite(vector).all():
        raise Invalid(f"{name} holds values that are not finite")
