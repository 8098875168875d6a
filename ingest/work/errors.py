"""What can go wrong with jobs that people look after."""

from __future__ import annotations

from kit.errors import Conflict, NotFound


class JobNotFound(NotFound):
    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id!r} does not exist, or this key may not see it")


class JobStateForbids(Conflict):
    code = "JOB_STATE_FORBIDS"


class JobCannotBeCancelled(Conflict):
    code = "JOB_CANNOT_BE_CANCELLED"


class JobCannotBeRetried(Conflict):
    code = "JOB_CANNOT_BE_RETRIED"
