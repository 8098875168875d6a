"""How a process stands beside the others of its machine."""

from __future__ import annotations

import os


def step_back(niceness: int) -> None:
    """Give way to processes in which somebody waits for an answer: 0 to 19, as nice(1) counts. Never steps forward.
    Threads and processes that are started from here on stand where the calling thread does."""
    os.setpriority(os.PRIO_PROCESS, 0, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def step_forward() -> bool:
    """Back to where a process stands that was told nothing; false where that takes a privilege which this one lacks."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, min(0, os.getpriority(os.PRIO_PROCESS, 0)))
    except PermissionError:
        return False
    return True
