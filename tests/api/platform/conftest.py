"""People who sign in by password, at the platform's surface."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.conftest import ask, kitchen

__all__ = ["ask", "kitchen"]

PASSWORD = "a lantern over the harbour"  # an example that only these tests know


@dataclass
class Somebody:
    """Registered by an invite. `client` sends from the test's own place."""

    client: TestClient
    email: str
    password: str
    id: int
    tokens: Json = field(default_factory=dict)

    def sign_in(self) -> Caller:
        answer = self.client.post("/api/auth/login", json={"email": self.email, "password": self.password})
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return Caller(self.client, self.tokens["token"])


class Entrance:
    def __init__(self, client: TestClient, callers: Callers) -> None:
        self._client = client
        self._callers = callers

    def invited(self, role: str = "member") -> tuple[str, str]:
        """Address and code of a new invite."""
        email = f"{uuid4()}@example.org"
        body = {"email": email, "name": "Ada", "role": role}
        link = self._callers.admin.post("/dashboard/v1/team/invite", json=body).json()["inviteUrl"]
        return email, link.partition("#")[2]

    def register(self, **changes: Any) -> Any:
        email, code = self.invited(changes.pop("tenant_role", "member"))
        body = {
            "username": "Ada", "email": email, "password": PASSWORD, "invite_code": code, "terms_accepted": True,
            "privacy_accepted": True, **changes,
        }  # fmt: skip
        return self._client.post("/api/auth/register", json=body)

    def somebody(self, role: str = "member") -> Somebody:
        answer = self.register(tenant_role=role)
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        return Somebody(self._client, data["email"], PASSWORD, data["id"])


@pytest.fixture
def entrance(client: TestClient, callers: Callers, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    # Every test's requests come from one place; how often one may try is tested where it is asked for.
    monkeypatch.setattr("api.platform.auth.FROM_ONE_PLACE", 1_000_000)
    return Entrance(client, callers)


def error_of(answer: Any) -> Json:
    body: Json = answer.json()
    assert set(body) == {"error"}, body
    error: Json = body["error"]
    assert set(error) == {"code", "message", "details", "request_id"}
    return error
