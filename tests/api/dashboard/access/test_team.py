"""/dashboard/v1/team."""

from __future__ import annotations

from uuid import uuid4

import pytest

from identity.models import Membership, User
from identity.types import Role
from kit.ids import new_id
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of

TEAM = "/dashboard/v1/team"
DATASETS = "/dashboard/v1/knowledge-base/datasets"


@pytest.fixture
def grace(callers: Callers, runtime: Runtime) -> Json:
    """A member with a key of her own, as `{"id", "caller"}`."""
    user_id, tenant, now = new_id(), callers.principal.tenant_id, runtime.clock.now()
    with runtime.database.write() as session:
        session.add(User(id=user_id, tenant_id=tenant, email=f"{uuid4()}@example.org", name="Grace", created_at=now))
        session.flush()
        session.add(
            Membership(
                id=new_id(), user_id=user_id, scope_type="tenant", scope_id=tenant, role=Role.MEMBER, created_at=now
            )
        )
        session.flush()
        issued = runtime.keys.create(session, tenant_id=tenant, user_id=user_id, name="laptop", role="member")
    return {"id": user_id, "caller": Caller(callers.admin._client, issued.token)}


class TestList:
    def test_holds_people_and_agents(self, callers: Callers, grace: Json) -> None:
        callers.agent("copywriter")
        members = callers.member.get(TEAM).json()["data"]
        people = {member["id"]: member for member in members if member["type"] == "human"}
        assert people[grace["id"]]["role"] == "member"
        assert people[grace["id"]]["status"] == "active"
        agents = {member["id"]: member for member in members if member["type"] == "agent"}
        assert agents["copywriter"]["status"] == "active"
        assert "email" not in agents["copywriter"]

    def test_is_filtered(self, callers: Callers, grace: Json) -> None:
        callers.agent("copywriter")
        agents = callers.member.get(TEAM, params={"filter[type]": "agent"}).json()["data"]
        assert agents
        assert {member["type"] for member in agents} == {"agent"}
        chosen = callers.member.get(TEAM, params={"filter[role]": "copywriter"}).json()["data"]
        assert [member["id"] for member in chosen] == ["copywriter"]
        assert callers.member.get(TEAM, params={"filter[status]": "asleep"}).status_code == 400

    def test_is_not_for_agents(self, callers: Callers) -> None:
        assert callers.agent("copywriter").get(TEAM).status_code == 403

    def test_shows_strangers_their_own_team(self, callers: Callers, grace: Json) -> None:
        assert grace["id"] not in callers.stranger.get(TEAM).text


class TestInvite:
    def body(self) -> Json:
        return {"email": f"{uuid4()}@example.org", "name": "Ada", "role": "reviewer"}

    def test_is_for_administrators(self, callers: Callers) -> None:
        assert callers.member.post(f"{TEAM}/invite", json=self.body()).status_code == 403

    def test_names_what_is_wrong(self, callers: Callers) -> None:
        answer = callers.admin.post(f"{TEAM}/invite", json={**self.body(), "email": "nobody"})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == "email"

    def test_gives_a_link_that_is_good_for_a_week(self, callers: Callers) -> None:
        answer = callers.admin.post(f"{TEAM}/invite", json=self.body())
        assert answer.status_code == 201
        assert set(answer.json()) == {"inviteId", "inviteUrl", "expiresAt"}
        assert "/invite#ci_" in answer.json()["inviteUrl"]

    def test_is_not_sent_twice(self, callers: Callers) -> None:
        body = self.body()
        callers.admin.post(f"{TEAM}/invite", json=body)
        again = callers.admin.post(f"{TEAM}/invite", json={**body, "email": body["email"].upper()})
        assert again.status_code == 409
        assert error_of(again)["code"] == "INVITE_PENDING"

    def test_is_not_for_members(self, callers: Callers) -> None:
        answer = callers.admin.post(f"{TEAM}/invite", json={**self.body(), "email": "admin@localhost"})
        assert error_of(answer)["code"] == "USER_EXISTS"


class TestChangeRole:
    def test_is_for_administrators(self, callers: Callers, grace: Json) -> None:
        assert grace["caller"].patch(f"{TEAM}/users/{grace['id']}", json={"role": "admin"}).status_code == 403

    def test_holds_for_the_persons_keys(self, callers: Callers, grace: Json, dataset: Json) -> None:
        at = f"{DATASETS}/{dataset['id']}/config"
        assert grace["caller"].patch(at, json={"description": "hers"}).status_code == 200
        answer = callers.admin.patch(f"{TEAM}/users/{grace['id']}", json={"role": "reviewer"})
        assert answer.json()["role"] == "reviewer"
        assert grace["caller"].patch(at, json={"description": "still hers"}).status_code == 403

    def test_keeps_one_administrator(self, callers: Callers) -> None:
        answer = callers.admin.patch(f"{TEAM}/users/{callers.principal.user_id}", json={"role": "member"})
        assert answer.status_code == 409
        assert error_of(answer)["code"] == "LAST_ADMINISTRATOR"

    def test_of_somebody_elses_people_is_not_there(self, callers: Callers, grace: Json) -> None:
        answer = callers.stranger.patch(f"{TEAM}/users/{grace['id']}", json={"role": "admin"})
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "USER_NOT_FOUND"


class TestRemove:
    def test_ends_keys_and_keeps_the_row(self, callers: Callers, grace: Json) -> None:
        assert grace["caller"].get(DATASETS).status_code == 200
        answer = callers.admin.delete(f"{TEAM}/users/{grace['id']}")
        assert answer.status_code == 204
        assert answer.content == b""
        assert grace["caller"].get(DATASETS).status_code == 401
        gone = callers.admin.get(TEAM, params={"filter[status]": "terminated"}).json()["data"]
        assert grace["id"] in {member["id"] for member in gone}
        assert callers.admin.delete(f"{TEAM}/users/{grace['id']}").status_code == 404
