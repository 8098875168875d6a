from __future__ import annotations

import pytest

from tests.faults.listeners import run, too_late


class TestListeners:
    @pytest.mark.timeout(300)
    def test_hear_all_that_is_for_them_and_nothing_else(self) -> None:
        report = run(60, seconds=4, slow=4, seed=2, tenants=3)
        assert report.events > 0
        assert report.latencies
        assert not report.violations

    @pytest.mark.slow
    @pytest.mark.timeout(1200)
    def test_of_two_thousand_hear_it_in_time(self) -> None:
        report = run(2000, seconds=60, slow=50, seed=3)
        assert not [*report.violations, *too_late(report)]
