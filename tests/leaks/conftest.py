"""A runtime of its own: the world is full of things taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from tests.mode import standing, working


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home: Path = tmp_path_factory.mktemp("world")
    return Settings(_env_file=None, home=home, log_level="error", **standing(home))  # type: ignore[arg-type]  # pydantic reads texts


@pytest.fixture(scope="module")
def runtime(settings: Settings) -> Iterator[Runtime]:
    runtime = build_runtime(settings)
    runtime.start()
    with working(settings):
        yield runtime
    runtime.close()
