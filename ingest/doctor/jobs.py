"""The doctor's own work."""

from __future__ import annotations

from kit.jobs.types import NewJob

TIDY = "doctor.tidy"
EXAMINE = "doctor.examine"
QUEUE = "default"

EVERYTHING = "*"
"""In the payload of an examination: mend all that can be mended."""

_UNHURRIED = 200


def tidy_job() -> NewJob:
    """Mend what a killed process may have left behind; one is enough, however often it is asked for."""
    return NewJob(kind=TIDY, queue=QUEUE, key=TIDY, subject="", payload={})


def examine_job(tenant_id: str, *, repair: str = "") -> NewJob:
    """`repair`: ids of findings with spaces between them, `EVERYTHING`, or nothing. One at a time for a tenant, except
    that an examination does not stand in for a repair."""
    key = f"{EXAMINE}:{tenant_id}" + (f":{repair}"[:100] if repair else "")
    return NewJob(
        kind=EXAMINE, queue=QUEUE, key=key, subject=tenant_id, payload={"repair": repair}, tenant_id=tenant_id,
        priority=_UNHURRIED,
    )  # fmt: skip
