"""Workers that begin runs of one agent at the same moment."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from kit.jobs.types import Claim
from orchestration.agents.types import AdapterType
from orchestration.tasks.models import TaskRun
from orchestration.tasks.types import RunState, TaskStatus
from tests.unit.orchestration.runs.floor import Floor

ROUNDS = int(os.environ.get("CAIRN_TEST_RACES", "15"))
"""On each kind of database; `CAIRN_TEST_RACES=1000` for a thorough look."""


class TestTwoWorkers:
    @pytest.mark.timeout(300)
    def test_begin_no_more_runs_than_the_agent_may_have(self, floor: Floor) -> None:
        floor.office.configure("researcher", AdapterType.EXTRACTIVE, concurrency=1)

        def begin(barrier: Barrier, claim: Claim) -> bool:
            barrier.wait()
            with floor.office.database.write() as session:
                return floor.handler.progress.standing(session, claim) is not None

        with ThreadPoolExecutor(2) as pool:
            for number in range(ROUNDS):
                tasks = [floor.office.task(), floor.office.task()]
                barrier, claims = Barrier(2), [floor.claim("w1"), floor.claim("w2")]
                begun = [future.result() for future in [pool.submit(begin, barrier, one) for one in claims]]
                assert begun.count(True) == 1, number
                assert running(floor) == 1
                for task in tasks:
                    with floor.office.database.write() as session:
                        floor.office.desk.interventions.cancel(session, floor.office.admin, task)
                assert [floor.detail(task).task.status for task in tasks] == [TaskStatus.CANCELLED] * 2


def running(floor: Floor) -> int:
    with floor.office.database.read() as session:
        wanted = select(func.count()).select_from(TaskRun).where(TaskRun.state == RunState.RUNNING)
        return session.scalar(wanted) or 0
