"""/dashboard/v1/clients, and keys that are for one."""

from __future__ import annotations

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from identity.models import Membership, User
from identity.types import Role, ScopeKind
from kit.ids import new_id
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of, path_of

AT = "/dashboard/v1/clients"
KEYS = "/dashboard/v1/access-keys"
UNKNOWN = "01KAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def harbour(callers: Callers) -> Json:
    return made(callers.admin)


@pytest.fixture
def ada(callers: Callers, runtime: Runtime) -> str:
    """Id of a member of the tenant."""
    tenant, now = callers.principal.tenant_id, runtime.clock.now()
    user = User(id=new_id(), tenant_id=tenant, email=f"{uuid4()}@example.org", name="Ada", created_at=now)
    with runtime.database.write() as session:
        session.add(user)
        session.flush()
        session.add(
            Membership(
                id=new_id(), user_id=user.id, scope_type=ScopeKind.TENANT, scope_id=tenant, role=Role.MEMBER,
                created_at=now,
            )
        )  # fmt: skip
    return user.id


def made(caller: Caller, **fields: str) -> Json:
    answer = caller.post(AT, json={"name": f"Harbour {uuid4()}", **fields})
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    return body


def key_for(client: TestClient, callers: Callers, harbour: Json, **fields: str) -> tuple[Caller, Json]:
    answer = callers.admin.post(KEYS, json={"name": "crew", "clientId": harbour["id"], **fields})
    assert answer.status_code == 201, answer.text
    return Caller(client, answer.json()["token"]), answer.json()["key"]


def own_key(client: TestClient, callers: Callers, runtime: Runtime, user_id: str) -> Caller:
    with runtime.database.write() as session:
        issued = runtime.keys.create(
            session, tenant_id=callers.principal.tenant_id, user_id=user_id, name="own", role=Role.MEMBER
        )
    return Caller(client, issued.token)


class TestClients:
    def test_are_made_by_who_manages_the_tenant(self, callers: Callers) -> None:
        for caller in (callers.member, callers.with_key(role="admin", agent_role="writer")):
            assert caller.post(AT, json={"name": "x"}).status_code == 403

    def test_of_others_are_not_there(self, callers: Callers, harbour: Json) -> None:
        for caller in (callers.stranger, callers.member, callers.agent("writer")):
            refused = error_of(caller.get(f"{AT}/{harbour['id']}"))
            unknown = error_of(caller.get(f"{AT}/{UNKNOWN}"))
            assert refused["code"] == unknown["code"] == "CLIENT_NOT_FOUND"
            assert refused["message"].replace(harbour["id"], UNKNOWN) == unknown["message"]
            assert harbour["id"] not in caller.get(AT).text

    def test_are_seen_by_who_works_for_them(
        self, client: TestClient, callers: Callers, runtime: Runtime, harbour: Json, ada: str
    ) -> None:
        person = own_key(client, callers, runtime, ada)
        assert person.get(AT).json()["data"] == []
        added = callers.admin.post(f"{AT}/{harbour['id']}/members", json={"userId": ada})
        assert (added.status_code, added.json()["role"]) == (201, "member")
        assert [one["id"] for one in person.get(AT).json()["data"]] == [harbour["id"]]
        assert person.delete(f"{AT}/{harbour['id']}").status_code == 403
        assert person.post(f"{AT}/{harbour['id']}/members", json={"userId": ada}).status_code == 403
        assert {one["userId"] for one in person.get(f"{AT}/{harbour['id']}/members").json()["data"]} >= {ada}
        assert callers.admin.delete(f"{AT}/{harbour['id']}/members/{ada}").status_code == 204
        assert person.get(f"{AT}/{harbour['id']}").status_code == 404


class TestAClientsKey:
    def test_sees_its_client_and_what_allows_the_clients_role(
        self, client: TestClient, callers: Callers, harbour: Json, dataset: Json
    ) -> None:
        other, (caller, key) = made(callers.admin), key_for(client, callers, harbour)
        assert (key["clientId"], key["agentRole"], key["kind"]) == (harbour["id"], harbour["agentRole"], "agent_key")
        assert caller.get("/dashboard/v1/me").json()["clientId"] == harbour["id"]
        assert [one["id"] for one in caller.get(AT).json()["data"]] == [harbour["id"]]
        assert caller.get(f"{AT}/{other['id']}").status_code == 404
        assert caller.get(path_of(dataset)).status_code == 404
        opened = callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": [harbour["agentRole"]]})
        assert opened.status_code == 200, opened.text
        assert caller.get(path_of(dataset)).status_code == 200
        elsewhere, _ = key_for(client, callers, other)
        assert elsewhere.get(path_of(dataset)).status_code == 404

    def test_has_no_role_beside_the_clients(self, callers: Callers, harbour: Json) -> None:
        refused = callers.admin.post(KEYS, json={"name": "x", "clientId": harbour["id"], "agentRole": "writer"})
        assert [detail["field"] for detail in error_of(refused)["details"]] == ["agentRole"]
        assert callers.admin.post(KEYS, json={"name": "x", "clientId": UNKNOWN}).status_code == 404

    def test_makes_and_changes_nothing_of_its_client(self, client: TestClient, callers: Callers, harbour: Json) -> None:
        caller, _ = key_for(client, callers, harbour, role="admin")
        assert caller.delete(f"{AT}/{harbour['id']}").status_code == 403
        assert caller.get(f"{AT}/{harbour['id']}/members").status_code == 403
        assert caller.post(KEYS, json={"name": "x", "clientId": harbour["id"]}).status_code == 403

    def test_stays_the_clients_when_it_is_exchanged(self, client: TestClient, callers: Callers, harbour: Json) -> None:
        _, key = key_for(client, callers, harbour)
        rotated = callers.admin.post(f"{KEYS}/{key['id']}/rotate", json={}).json()["key"]
        assert rotated["clientId"] == harbour["id"]

    def test_ends_with_the_client(self, client: TestClient, callers: Callers, harbour: Json) -> None:
        caller, _ = key_for(client, callers, harbour)
        assert callers.admin.delete(f"{AT}/{harbour['id']}").status_code == 204
        assert caller.get(AT).status_code == 401
        assert callers.admin.get(f"{AT}/{harbour['id']}").status_code == 404

    def test_ends_when_its_person_works_for_the_client_no_longer(
        self, client: TestClient, callers: Callers, runtime: Runtime, harbour: Json, ada: str
    ) -> None:
        callers.admin.post(f"{AT}/{harbour['id']}/members", json={"userId": ada})
        person = own_key(client, callers, runtime, ada)
        answer = person.post(KEYS, json={"name": "mine", "personal": True, "clientId": harbour["id"]})
        assert answer.status_code == 201, answer.text
        mine = Caller(client, answer.json()["token"])
        assert mine.get(f"{AT}/{harbour['id']}").status_code == 200
        callers.admin.delete(f"{AT}/{harbour['id']}/members/{ada}")
        assert mine.get(AT).status_code == 401
        assert person.get(AT).status_code == 200
