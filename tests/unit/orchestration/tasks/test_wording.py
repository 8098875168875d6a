"""Errors that name statuses, in the domain's words and in others."""

from __future__ import annotations

import pytest

from orchestration.approvals.errors import ApprovalAlreadyDecided, NothingToDecide
from orchestration.approvals.types import ApprovalStatus
from orchestration.tasks.errors import (
    BlockerIsClosed,
    OutputIsNotThere,
    ProjectIsResting,
    TaskCannotBecome,
    TaskHasNotFailed,
    TaskIsNotPaused,
)
from orchestration.tasks.types import TaskStatus as S
from orchestration.tasks.wording import NamesStatuses, StatusWords

WORDS: StatusWords = {
    S: {S.CANCELLED: "failed", S.PAUSED: "blocked", S.DONE: "completed"},
    ApprovalStatus: {ApprovalStatus.WITHDRAWN: "expired"},
}


class TestAnErrorThatNamesStatuses:
    @pytest.mark.parametrize(
        ("error", "plain", "worded"),
        [
            (OutputIsNotThere("t", "cancelled"), "it is cancelled", "it is failed"),
            (
                TaskCannotBecome("t", S.DONE, S.PAUSED),
                "done and cannot become paused",
                "completed and cannot become blocked",
            ),
            (TaskCannotBecome("t", S.BLOCKED, S.PAUSED), "is blocked and cannot become paused", "is blocked already"),
            (TaskHasNotFailed("t", "done"), "is done; only failed", "is completed; only failed"),
            (TaskHasNotFailed("t", "cancelled"), "is cancelled; only failed", "was called off; only failed"),
            (TaskIsNotPaused("t", "done"), "is done; only what was paused", "is completed; only what was paused"),
            (ApprovalAlreadyDecided("a", "withdrawn"), "is withdrawn already", "is expired already"),
            (NothingToDecide("t", "cancelled"), "is cancelled and waits", "is failed and waits"),
            (ProjectIsResting("t", "paused"), "that is paused", "that is paused"),
            (BlockerIsClosed("b", "withdrawn"), "is withdrawn already", "is withdrawn already"),
        ],
    )
    def test_says_the_same_in_the_words_that_it_is_given(self, error: NamesStatuses, plain: str, worded: str) -> None:
        assert plain in error.message
        assert worded in error.in_words(WORDS)
