from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.agent_kills import run


class TestKillsOfAgentsAtWork:
    @pytest.mark.timeout(180)
    def test_repeat_no_effect_and_leave_no_task_stuck(self, tmp_path: Path) -> None:
        report = run(f"sqlite:///{tmp_path / 'kills.db'}", count=5, seed=2)
        assert not report.violations
        assert report.tally["tasks"] > 0

    @pytest.mark.slow
    @pytest.mark.timeout(900)
    def test_repeat_no_effect_on_postgresql(self, pg_url: str) -> None:
        assert not run(pg_url, count=100, seed=3).violations
