"""Callers of the API, each with a key that may do something else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from time import monotonic, sleep
from typing import Any, TypeAlias
from uuid import uuid4

from starlette.testclient import TestClient

from identity.models import Tenant
from identity.types import Principal, Scope
from kit.ids import new_id
from orchestration.runtime import Runtime

Json: TypeAlias = dict[str, Any]
Answer: TypeAlias = Any
"""What the test client gives; its type comes from a library that Starlette chooses."""

_PATIENCE_SECONDS = 60.0


class Caller:
    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def request(self, method: str, path: str, **content: Any) -> Answer:
        headers = {**self.headers, **content.pop("headers", {})}
        return self._client.request(method, path, headers=headers, **content)

    def get(self, path: str, **content: Any) -> Answer:
        return self.request("GET", path, **content)

    def post(self, path: str, **content: Any) -> Answer:
        return self.request("POST", path, **content)

    def patch(self, path: str, **content: Any) -> Answer:
        return self.request("PATCH", path, **content)

    def delete(self, path: str, **content: Any) -> Answer:
        return self.request("DELETE", path, **content)

    def upload(self, dataset: Json, name: str, content: bytes | str, **fields: str) -> Json:
        """Sends one file and returns what the API says of it."""
        data = content.encode() if isinstance(content, str) else content
        answer = self.post(f"{path_of(dataset)}/files/upload", files=[("files", (name, data))], data=fields)
        assert answer.status_code == 202, answer.text
        uploaded: Json = answer.json()["uploadedFiles"][0]
        return uploaded

    def until(self, look: Callable[[], Json], is_done: Callable[[Json], bool]) -> Json:
        """What is seen once it is as it should be."""
        deadline = monotonic() + _PATIENCE_SECONDS
        while not is_done(seen := look()):
            assert monotonic() < deadline, f"after {_PATIENCE_SECONDS} s still {seen}"
            sleep(0.05)
        return seen

    def settled(self, dataset: Json, file_id: str) -> Json:
        """The file's status once its ingestion has ended, one way or the other."""
        deadline = monotonic() + _PATIENCE_SECONDS
        while monotonic() < deadline:
            status: Json = self.get(f"{path_of(dataset)}/files/{file_id}/status").json()
            if status["status"] in {"indexed", "error", "disabled"}:
                return status
            sleep(0.02)
        raise AssertionError(f"file {file_id} was not done after {_PATIENCE_SECONDS} s: {status}")


class Callers:
    def __init__(self, client: TestClient, runtime: Runtime, *, admin_token: str) -> None:
        self._client = client
        self._runtime = runtime
        self._admin_token = admin_token

    @cached_property
    def admin(self) -> Caller:
        return Caller(self._client, self._admin_token)

    @cached_property
    def member(self) -> Caller:
        return self.with_key(role="member")

    @cached_property
    def reviewer(self) -> Caller:
        return self.with_key(role="reviewer")

    @cached_property
    def searcher(self) -> Caller:
        """May search, and nothing else."""
        return self.with_key(role="member", scopes=[Scope.SEARCH.value])

    @cached_property
    def reader(self) -> Caller:
        """May read, and nothing else."""
        return self.with_key(role="member", scopes=[Scope.READ.value])

    def agent(self, role: str) -> Caller:
        return self.with_key(role="member", agent_role=role)

    def with_key(self, *, role: str, **rules: Any) -> Caller:
        with self._runtime.database.write() as session:
            issued = self._runtime.keys.create(
                session, tenant_id=self.principal.tenant_id, user_id=None, name=f"{role} {uuid4()}", role=role, **rules
            )
        return Caller(self._client, issued.token)

    @cached_property
    def stranger(self) -> Caller:
        """An administrator of another tenant."""
        tenant = Tenant(id=new_id(), name=f"elsewhere {uuid4()}", created_at=self._runtime.clock.now())
        with self._runtime.database.write() as session:
            session.add(tenant)
            session.flush()
            issued = self._runtime.keys.create(
                session, tenant_id=tenant.id, user_id=None, name="stranger", role="admin"
            )
        return Caller(self._client, issued.token)

    @cached_property
    def principal(self) -> Principal:
        """The administrator, as services see him."""
        with self._runtime.database.read() as session:
            return self._runtime.keys.authenticate(session, self._admin_token)


def path_of(dataset: Json) -> str:
    return f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}"


def error_of(answer: Answer) -> Json:
    """The error of an answer, after checking that it is in the envelope and bears the request's id."""
    body: Json = answer.json()
    assert set(body) == {"error"}, body
    error: Json = body["error"]
    assert set(error) == {"code", "message", "details", "requestId"}
    assert error["requestId"] == answer.headers["x-request-id"]
    return error
