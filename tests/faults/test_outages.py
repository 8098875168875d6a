from __future__ import annotations

import pytest

from tests.faults.outages import FAULTS, run


class TestOutages:
    @pytest.mark.timeout(400)
    def test_workers_that_are_killed_and_a_broker_that_forgets_lose_nothing(self) -> None:
        report = run("kills", files=6, times=2, seed=5, most_chunks=3)
        assert not report.violations
        assert len(report.happened) == 2

    @pytest.mark.slow
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"kills"}))
    def test_what_it_stands_on_may_go_away(self, fault: str) -> None:
        assert not run(fault, files=20, times=1, seed=6).violations
