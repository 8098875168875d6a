"""Work of the tenant under test, made through the services, for what has no operation of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

import pytest
from fastapi import FastAPI

from orchestration.approvals.types import ApprovalType, Request, RiskLevel
from orchestration.runtime import Runtime
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import ActorKind, NewTask, TaskStatus
from tests.api.callers import Callers, Json
from tests.api.live import served

Ask: TypeAlias = Callable[..., str]


@pytest.fixture
def ask(runtime: Runtime, callers: Callers) -> Ask:
    """Requests an approval; fields of Request may be given."""

    def ask(**fields: object) -> str:
        request = Request(callers.principal.tenant_id, "Publish?", ApprovalType.CONTENT_REVIEW, RiskLevel.HIGH)
        with runtime.database.write() as session:
            return runtime.teamwork.approvals.request(session, replace(request, **fields), SYSTEM)  # type: ignore[arg-type]  # fields

    return ask


@pytest.fixture
def working(runtime: Runtime, callers: Callers) -> Callable[[], str]:
    """Makes a person's activity that is in progress."""

    def working() -> str:
        moves = runtime.teamwork.desk.moves
        user = callers.principal.user_id
        new = NewTask("Brief", "briefing", "What is new?", assignee_kind=ActorKind.HUMAN, assignee_id=user)
        with runtime.database.write() as session:
            task_id = runtime.teamwork.tasks.create(session, callers.principal, new).id
            task = repository.hold(session, task_id)
            moves.move(session, task, TaskStatus.IN_PROGRESS, SYSTEM)
        return task_id

    return working


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def kitchen(callers: Callers) -> Iterator[Json]:
    """A dataset for every agent, with a file about ovens."""
    body = {"name": f"kitchen {uuid4()}", "allowedAgentRoles": ["*"]}
    dataset: Json = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json=body).json()
    file = callers.admin.upload(dataset, "ovens.md", "# Ovens\n\nThe bread oven was made by Ferrante in Turin.\n")
    assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"
    yield dataset
    callers.admin.delete(f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}")
