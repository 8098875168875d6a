from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.chat_kills import run


class TestKillsWhilePeopleTalk:
    @pytest.mark.timeout(180)
    def test_answer_every_message_once_and_leave_no_conversation_waiting(self, tmp_path: Path) -> None:
        report = run(f"sqlite:///{tmp_path / 'kills.db'}", count=6, seed=2)
        assert not report.violations
        assert report.tally["answers complete"] > 0

    @pytest.mark.slow
    @pytest.mark.timeout(900)
    def test_answer_every_message_once_on_postgresql(self, pg_url: str) -> None:
        assert not run(pg_url, count=100, seed=3).violations
