from __future__ import annotations

import pytest

from tests.faults.kills import run


class TestKills:
    @pytest.mark.timeout(300)
    def test_two_kills_lose_and_double_nothing(self) -> None:
        report = run(kills=2, files=5, seed=2, most_chunks=4)
        assert not report.violations
        assert report.chunks > 0

    @pytest.mark.slow
    @pytest.mark.timeout(900)
    def test_ten_kills_lose_and_double_nothing(self) -> None:
        report = run(kills=10, files=15, seed=3)
        assert not report.violations
        assert report.refused > 0
