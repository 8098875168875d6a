"""A runtime of its own: the world is full of things taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home: Path = tmp_path_factory.mktemp("world")
    return Settings(_env_file=None, home=home, log_level="error")


@pytest.fixture(scope="module")
def runtime(settings: Settings) -> Iterator[Runtime]:
    runtime = build_runtime(settings)
    runtime.start()
    yield runtime
    runtime.close()
