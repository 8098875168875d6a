from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.work_races import run


class TestRacesOverWork:
    def test_have_one_outcome_on_sqlite(self, tmp_path: Path) -> None:
        report = run(f"sqlite:///{tmp_path / 'races.db'}", count=40, seed=2)
        assert not report.violations

    def test_have_one_outcome_on_postgresql(self, pg_url: str) -> None:
        report = run(pg_url, count=40, seed=3)
        assert not report.violations

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    def test_have_one_outcome_a_thousand_times(self, pg_url: str, tmp_path: Path) -> None:
        for url in (pg_url, f"sqlite:///{tmp_path / 'races.db'}"):
            assert not run(url, count=1000, seed=4).violations
