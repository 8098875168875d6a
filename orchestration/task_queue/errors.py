"""What can go wrong with jobs of programs elsewhere."""

from __future__ import annotations

from kit.errors import Conflict, NotFound, Unavailable


class QueuedJobIsNotThere(NotFound):
    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job {job_id!r}")


class ClaimIsOver(Conflict):
    def __init__(self, job_id: str, worker_id: str, attempt: int) -> None:
        super().__init__(f"worker {worker_id!r} does not hold job {job_id} by attempt {attempt}; let it go")


class QueueIsAway(Unavailable):
    def __init__(self) -> None:
        super().__init__("the queue's table is not there: the database is being upgraded, or was not; try again later")
