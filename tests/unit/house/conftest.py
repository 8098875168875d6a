"""The tree that the rules are about."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.house.tree import CHECKOUT, Tree, made_up, tracked


@pytest.fixture(scope="session")
def checkout() -> Tree:
    try:
        return tracked(CHECKOUT)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the house rules are about the files that git tracks, and {CHECKOUT} is no checkout: {error}")


@pytest.fixture
def tree_of(tmp_path: Path) -> Callable[[dict[str, str]], Tree]:
    """Makes a tree out of paths and texts."""
    return lambda files: made_up(tmp_path, files)
