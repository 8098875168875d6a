"""Processes that give way to others: each tried in a process of its own, since who has stepped back stays there."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = "import os; from kit.priority import step_back, step_forward; {}; print(os.getpriority(os.PRIO_PROCESS, 0))"


def niceness_after(*calls: str) -> int:
    command = [sys.executable, "-c", PROGRAM.format("; ".join(calls))]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_who_steps_back_is_as_nice_as_told() -> None:
    assert niceness_after("step_back(19)") == 19


def test_stepping_back_to_where_one_is_past_already_changes_nothing() -> None:
    assert niceness_after("step_back(17)", "step_back(3)") == max(17, own_niceness())


def test_what_is_started_afterwards_stands_where_it_was_started() -> None:
    started = "print(__import__('subprocess').run(['nice'], capture_output=True, text=True, check=True).stdout.strip())"
    command = [sys.executable, "-c", f"from kit.priority import step_back; step_back(18); {started}"]
    assert int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) == 18


def test_who_may_not_step_forward_is_told_so_and_stays() -> None:
    refused = "os.setpriority = lambda *_: (_ for _ in ()).throw(PermissionError())"
    assert niceness_after("step_back(19)", refused, "assert step_forward() is False") == 19
