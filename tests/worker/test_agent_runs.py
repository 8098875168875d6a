"""A task for an agent, from its making to its answer, over files that were uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from ingest.datasets.types import NewDataset
from ingest.work.errors import JobCannotBeRetried
from ingest.work.types import JobQuery, JobView
from kit.ids import new_id
from kit.pagination import PageRequest
from orchestration.agents.models import Agent
from orchestration.agents.types import AdapterType
from orchestration.tasks.jobs import QUEUE, RUN, run_job
from orchestration.tasks.models import Artifact
from orchestration.tasks.types import ActorKind, NewTask, RunState, TaskDetail, TaskStatus
from tests.worker.conftest import Bench

OVENS = "# Ovens\n\nThe bread oven was made by Ferrante in Turin. It reaches 300 degrees within nine minutes.\n"
STAFF = "# Holidays\n\nEverybody has 28 days of holiday in a year. Unused days are paid out in March.\n"


@pytest.fixture
def kitchen(bench: Bench) -> Iterator[Bench]:
    """A dataset for every agent, with a file about ovens."""
    with made(bench, "*") as found:
        found.indexed("ovens.md", OVENS)
        yield found


@contextmanager
def made(bench: Bench, *roles: str) -> Iterator[Bench]:
    """A dataset for agents of these roles."""
    runtime, principal = bench.runtime, bench.principal
    new = NewDataset(name=f"for agents {uuid4()}", allowed_agent_roles=roles)
    with runtime.database.write() as session:
        view = runtime.datasets.create(session, principal, new)
    yield replace(bench, dataset=view.id, collection=view.collection)
    with runtime.database.write() as session:
        runtime.datasets.delete(session, principal, view.id)


def task(bench: Bench, prompt: str, *, role: str = "researcher", dataset: str | None = None) -> str:
    new = NewTask("Brief", "briefing", prompt, assignee_kind=ActorKind.AGENT, assignee_id=role, dataset_id=dataset)
    with bench.runtime.database.write() as session:
        return bench.runtime.teamwork.tasks.create(session, bench.principal, new).id


def configure(bench: Bench, role: str) -> None:
    """Has the agent's tasks done here."""
    agent = Agent(
        tenant_id=bench.principal.tenant_id, role=role, id=new_id(), adapter=AdapterType.EXTRACTIVE, adapter_config={},
        updated_at=bench.runtime.clock.now(),
    )  # fmt: skip
    with bench.runtime.database.write() as session:
        session.merge(agent)


def detail(bench: Bench, task_id: str) -> TaskDetail:
    with bench.runtime.database.read() as session:
        return bench.runtime.teamwork.tasks.detail(session, bench.principal, task_id)


def answer(bench: Bench, task_id: str) -> str:
    bench.drain(QUEUE)
    found = detail(bench, task_id)
    assert found.task.status is TaskStatus.DONE, found.runs[-1].error
    assert found.output is not None
    return found.output.text


def jobs(bench: Bench, task_id: str) -> Sequence[JobView]:
    with bench.runtime.database.read() as session:
        page = bench.runtime.work.list(session, bench.principal, JobQuery(kind=RUN), PageRequest(50))
    return [one for one in page.items if one.subject_id == task_id]


class TestAnAgent:
    def test_answers_with_quotes_that_are_in_the_files(self, kitchen: Bench) -> None:
        task_id = task(kitchen, "Who made the bread oven in Turin?", dataset=kitchen.dataset)
        assert "“The bread oven was made by Ferrante in Turin.” [cite:" in answer(kitchen, task_id)
        with kitchen.runtime.database.read() as session:
            row = session.scalars(select(Artifact).where(Artifact.task_id == task_id)).one()
        assert {(one["fileName"], one["supported"]) for one in row.sources} == {("ovens.md", True)}
        assert {one["datasetId"] for one in row.sources} == {kitchen.dataset}

    def test_says_what_the_files_do_not_hold(self, kitchen: Bench) -> None:
        text = answer(kitchen, task(kitchen, "Which parliament forbade whaling near Norway?", dataset=kitchen.dataset))
        assert text.startswith("The knowledge base does not hold an answer to: Which parliament")

    def test_draws_on_all_that_its_role_may_see_and_on_nothing_else(self, kitchen: Bench) -> None:
        asked = "Who made the bread oven in Turin? How many days of holiday has everybody in a year?"
        configure(kitchen, "adros_cmo")
        with made(kitchen, "adros_cmo") as staff:
            staff.indexed("staff.md", STAFF)
            hers, his = task(staff, asked, role="adros_cmo"), task(staff, asked, role="researcher")
            assert "28 days" in answer(staff, hers)
            assert "Ferrante" in answer(staff, hers)
            assert "28 days" not in answer(staff, his)
            assert "Ferrante" in answer(staff, his)

    def test_keeps_to_the_dataset_of_its_task(self, kitchen: Bench) -> None:
        with made(kitchen, "*") as staff:
            staff.indexed("staff.md", STAFF)
            text = answer(staff, task(staff, "Who made the bread oven in Turin?", dataset=staff.dataset))
        assert "Ferrante" not in text

    def test_that_is_run_elsewhere_waits(self, kitchen: Bench) -> None:
        task_id = task(kitchen, "Who made the bread oven in Turin?", role="adros_deployer")
        kitchen.drain(QUEUE)
        assert detail(kitchen, task_id).task.status is TaskStatus.ASSIGNED
        assert jobs(kitchen, task_id) == []

    def test_that_may_see_no_dataset_says_so(self, bench: Bench) -> None:
        text = answer(bench, task(bench, "Who made the oven?", dataset=bench.dataset))
        assert text.startswith("There is no dataset that this agent may search.")


class TestTheJobOfARun:
    def test_has_a_handler_and_a_lane(self, bench: Bench) -> None:
        job = run_job(tenant_id="t", dataset_id=None, task_id="k", run_id="r", priority=0)
        assert bench.runtime.worker._handlers[job.kind].queue == job.queue
        assert job.queue in {lane.queue for lane in bench.runtime.worker._lanes}

    def test_called_off_calls_the_task_off(self, kitchen: Bench) -> None:
        task_id = task(kitchen, "Who made the bread oven?")
        (job,) = jobs(kitchen, task_id)
        with kitchen.runtime.database.write() as session:
            kitchen.runtime.work.cancel(session, kitchen.principal, job.id)
        kitchen.drain(QUEUE)
        found = detail(kitchen, task_id)
        assert (found.task.status, found.runs[0].state) == (TaskStatus.CANCELLED, RunState.CANCELLED)
        with kitchen.runtime.database.write() as session, pytest.raises(JobCannotBeRetried):
            kitchen.runtime.work.retry(session, kitchen.principal, job.id)

    def test_is_shown_to_who_sees_the_dataset_of_the_task(self, kitchen: Bench) -> None:
        (job,) = jobs(kitchen, task(kitchen, "Who made the bread oven?", dataset=kitchen.dataset))
        assert job.dataset_id == kitchen.dataset
