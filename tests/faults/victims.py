"""Processes that are there to be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

from sqlalchemy import select

from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.types import JobState


def started(work: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Forked off a process that has loaded everything, and holds no connection."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.agents_at_work", "tests.faults.chat_at_work"])
    process = context.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def ended(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


def has_job(database: Database, pid: int | None) -> bool:
    """Whether the worker in that process has one in hand."""
    with database.read() as session:
        mine = (Job.state == JobState.RUNNING, Job.owner.contains(f":{pid}:"))
        return session.scalar(select(Job.id).where(*mine).limit(1)) is not None
