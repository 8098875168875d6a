"""A cluster under load, for a minute or so each: `pytest -m slow tests/faults/test_load.py`."""

from __future__ import annotations

import pytest

from tests.faults.demand import Pace
from tests.faults.load import run

QUICK = Pace(searchers=2, search=0.2, upload=0.5, delete=0.2, rebuild=1, reindex=3, kept=6, most_chunks=2)


ALL = {"search", "upload", "delete", "rebuild", "re-index"}


@pytest.mark.slow
class TestLoad:
    @pytest.mark.timeout(400)
    def test_is_borne_without_an_error_or_a_loss(self) -> None:
        report = run(seconds=6, idle_seconds=1, apis=2, workers=2, seed=3, pace=QUICK)
        assert not report.violations
        assert {kind for kind, _ in report.statuses} == ALL

    @pytest.mark.timeout(1200)
    def test_is_borne_while_every_process_is_replaced(self) -> None:
        report = run(seconds=20, idle_seconds=1, apis=2, workers=2, rolling=True, seed=3, pace=QUICK)
        assert not report.violations
        assert len(report.replaced) >= 4
