from __future__ import annotations

import numpy as np
import pytest

from bench.filled_home import Vectors
from bench.search_latency import role


@pytest.fixture
def vectors() -> Vectors:
    real = np.eye(3, 384, dtype=np.float32)
    return Vectors(real, np.random.default_rng(1))


class TestVectors:
    def test_are_the_real_ones_as_long_as_there_are_any(self, vectors: Vectors) -> None:
        assert np.array_equal(vectors.of(2), vectors.real[2])

    def test_are_of_unit_length_near_a_real_one_after_that(self, vectors: Vectors) -> None:
        made = vectors.of(4)
        assert np.linalg.norm(made) == pytest.approx(1, abs=1e-6)
        assert 0.94 < made @ vectors.real[1] < 0.98


class TestRole:
    def test_is_the_module_that_python_runs(self) -> None:
        assert role(["bin/python", "-P", "-m", "kit.zygote.process", "3"]) == "kit.zygote.process"

    def test_is_else_the_program_without_its_folders(self) -> None:
        assert role(["bin/python", "bin/cairn", "serve", "--port", "1"]) == "python cairn serve"
