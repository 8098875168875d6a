"""Long tests of many cases: a part of the cases each time, all of them with the slow tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some(cases: Iterable[object], *, one_in: int = 4) -> list[Any]:
    """Parameters for `pytest.mark.parametrize`. The first and every `one_in`th after it run in `make test`; the others
    are marked slow. A case that is a tuple has several values."""
    return [_parameter(case, is_slow=number % one_in != 0) for number, case in enumerate(cases)]


def _parameter(case: object, *, is_slow: bool) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=[pytest.mark.slow] if is_slow else [])
