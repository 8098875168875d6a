"""What a worker runs: one handler a kind of job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kit.jobs.types import Claim


@dataclass(frozen=True, slots=True)
class Signals:
    """How a running step learns that it should stop early. Polled between slices of work.

    `is_lost` tells, within a second or so, that a job was cancelled or taken over: what is done for it is of no use.
    """

    stopping: Callable[[], bool]
    is_lost: Callable[[Claim], bool] = lambda _: False


class JobHandler(Protocol):
    """`batch` is how many jobs of one lot one call may take together.

    A call ends each job itself (complete, fail, release) in the transaction of its last effect. An exception that
    leaves the call is recorded by the worker on every job of the call that is still running, and retried.
    """

    @property
    def kind(self) -> str: ...

    @property
    def queue(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def run(self, claims: Sequence[Claim], signals: Signals) -> None: ...

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job was retried to its last attempt: make that visible on what it was about."""
