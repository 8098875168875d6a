"""Workspaces of the tenant under test, with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers
from tests.api.dashboard.work.conftest import kitchen

__all__ = ["Space", "kitchen"]


class Space:
    """A workspace, and the holder of one of its tokens."""

    def __init__(self, client: TestClient, callers: Callers, role: str | None) -> None:
        fields = {} if role is None else {"agent_role": role}
        self._client, self._callers = client, callers
        made = callers.admin.post("/admin/workspaces", json={"name": f"Desk {uuid4()}", **fields})
        assert made.status_code == 201, made.text
        self.id: str = made.json()["id"]
        self.path = f"/workspaces/{self.id}"
        self.token = self.mint()

    def mint(self) -> Caller:
        answer = self._callers.admin.post(f"/admin{self.path}/tokens")
        assert answer.status_code == 201, answer.text
        return Caller(self._client, answer.json()["token"])


MakeSpace: TypeAlias = Callable[..., Space]


@pytest.fixture
def make_space(client: TestClient, callers: Callers) -> MakeSpace:
    def make(role: str | None = None) -> Space:
        return Space(client, callers, role)

    return make


@pytest.fixture
def space(make_space: MakeSpace) -> Space:
    """Its agent is a program elsewhere."""
    return make_space()
