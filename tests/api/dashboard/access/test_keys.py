"""/dashboard/v1/access-keys."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.callers import Caller, Callers, Json, error_of

KEYS = "/dashboard/v1/access-keys"
DATASETS = "/dashboard/v1/knowledge-base/datasets"


def made(caller: Caller, **fields: object) -> Json:
    answer = caller.post(KEYS, json={"name": f"key {uuid4()}", **fields})
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    return body


def using(caller: Caller, token: str) -> Caller:
    return Caller(caller._client, token)


class TestCreate:
    def test_needs_the_right_to_manage_but_for_a_personal_key(self, callers: Callers) -> None:
        answer = callers.member.post(KEYS, json={"name": "k"})
        assert answer.status_code == 403
        assert "personal" in error_of(answer)["message"]

    def test_is_not_for_narrowed_keys(self, callers: Callers, dataset: Json) -> None:
        for narrow in (callers.with_key(role="admin", dataset_ids=[dataset["id"]]), callers.agent("writer")):
            assert narrow.post(KEYS, json={"name": "k", "personal": True}).status_code == 403

    def test_never_gives_more_than_the_caller_has(self, callers: Callers) -> None:
        limited = callers.with_key(role="admin", scopes=["knowledge:manage", "knowledge:read"])
        answer = limited.post(KEYS, json={"name": "k", "role": "member"})
        assert answer.status_code == 403
        assert "knowledge:search" in error_of(answer)["message"]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"scopes": ["knowledge:everything"]}, "scopes[0]"),
            ({"role": "reviewer", "scopes": ["knowledge:write"]}, "scopes"),
            ({"expiresAt": "2020-01-01"}, "expiresAt"),
            ({"agentRole": "*"}, "agentRole"),
            ({"rateLimit": 0}, "rateLimit"),
            ({"datasetIds": []}, "datasetIds"),
            ({"color": "red"}, "color"),
        ],
    )
    def test_names_what_is_wrong(self, callers: Callers, fields: Json, field: str) -> None:
        answer = callers.admin.post(KEYS, json={"name": "k", **fields})
        assert answer.status_code == 400
        assert [detail["field"] for detail in error_of(answer)["details"]] == [field]

    def test_is_only_for_datasets_that_are_there(self, callers: Callers) -> None:
        assert callers.admin.post(KEYS, json={"name": "k", "datasetIds": ["nothing"]}).status_code == 404

    def test_shows_the_key_once_and_it_works(self, callers: Callers) -> None:
        body = made(callers.admin, agentRole="writer", scopes=["knowledge:search", "knowledge:read"], rateLimit=600)
        assert body["token"].startswith("ck_")
        assert body["key"]["state"] == "active"
        assert body["key"]["kind"] == "agent_key"
        assert body["key"]["rateLimit"] == 600
        assert using(callers.admin, body["token"]).get(DATASETS).status_code == 200
        again = callers.admin.get(f"{KEYS}/{body['key']['id']}")
        assert body["token"] not in again.text

    def test_can_be_for_the_caller_alone(self, callers: Callers) -> None:
        body = made(callers.admin, personal=True)
        assert body["key"]["userId"] == callers.principal.user_id


class TestList:
    def test_shows_a_manager_all_and_others_their_own(self, callers: Callers) -> None:
        body = made(callers.admin)
        assert body["key"]["id"] in {key["id"] for key in callers.admin.get(KEYS).json()["data"]}
        mine = using(callers.admin, body["token"]).get(KEYS).json()["data"]
        assert [key["id"] for key in mine] == [body["key"]["id"]]

    def test_shows_strangers_nothing(self, callers: Callers) -> None:
        body = made(callers.admin)
        foreign = callers.stranger.get(f"{KEYS}/{body['key']['id']}")
        assert foreign.status_code == 404
        unknown = callers.stranger.get(f"{KEYS}/nothing")
        told = error_of(foreign)["message"].replace(body["key"]["id"], "nothing")
        assert told == error_of(unknown)["message"]

    def test_shows_a_narrowed_key_only_itself(self, callers: Callers, dataset: Json) -> None:
        for narrow in ({"datasetIds": [dataset["id"]]}, {"agentRole": "writer"}):
            body = made(callers.admin, role="admin", personal=True, **narrow)
            seen = using(callers.admin, body["token"]).get(KEYS).json()["data"]
            assert [key["id"] for key in seen] == [body["key"]["id"]]


class TestChange:
    def test_lets_no_key_put_off_its_own_end_or_lift_its_own_limit(self, callers: Callers) -> None:
        body = made(callers.admin, role="member", expiresAt="2998-01-01T00:00:00Z", rateLimit=1000)
        at, holder = f"{KEYS}/{body['key']['id']}", using(callers.admin, body["token"])
        for wider in ({"expiresAt": "2999-01-01T00:00:00Z"}, {"rateLimit": 1001}):
            assert holder.patch(at, json=wider).status_code == 403
            assert callers.admin.patch(at, json=wider).status_code == 200
        assert holder.patch(at, json={"rateLimit": 900}).status_code == 200

    def test_renames_and_narrows(self, callers: Callers) -> None:
        body = made(callers.admin)
        at = f"{KEYS}/{body['key']['id']}"
        key = callers.admin.patch(at, json={"name": "new name", "scopes": ["knowledge:search"]}).json()
        assert key["name"] == "new name"
        assert key["scopes"] == ["knowledge:search"]
        assert using(callers.admin, body["token"]).get(DATASETS).status_code == 403

    def test_cannot_widen_beyond_the_caller(self, callers: Callers) -> None:
        body = made(callers.admin, scopes=["knowledge:read"])
        holder = using(callers.admin, body["token"])
        answer = holder.patch(f"{KEYS}/{body['key']['id']}", json={"scopes": ["knowledge:write"]})
        assert answer.status_code == 403


class TestRotate:
    def test_is_no_way_out_of_the_bounds_of_a_narrowed_key(self, callers: Callers, dataset: Json) -> None:
        free = made(callers.admin, role="admin", personal=True)
        for narrow in ({"datasetIds": [dataset["id"]]}, {"agentRole": "writer"}):
            holder = using(callers.admin, made(callers.admin, role="admin", personal=True, **narrow)["token"])
            assert holder.post(f"{KEYS}/{free['key']['id']}/rotate", json={}).status_code == 404
            assert holder.delete(f"{KEYS}/{free['key']['id']}").status_code == 404

    def test_lets_the_old_key_work_for_a_while(self, callers: Callers) -> None:
        old = made(callers.admin)
        answer = callers.admin.post(f"{KEYS}/{old['key']['id']}/rotate", json={"graceHours": 2})
        assert answer.status_code == 201
        new = answer.json()
        assert using(callers.admin, old["token"]).get(DATASETS).status_code == 200
        assert using(callers.admin, new["token"]).get(DATASETS).status_code == 200
        before = callers.admin.get(f"{KEYS}/{old['key']['id']}").json()
        assert before["state"] == "replaced"
        assert before["replacedBy"] == new["key"]["id"]
        assert new["key"]["name"] == before["name"]

    def test_without_a_grace_time_ends_the_old_key_at_once(self, callers: Callers) -> None:
        old = made(callers.admin)
        callers.admin.post(f"{KEYS}/{old['key']['id']}/rotate", json={"graceHours": 0})
        assert using(callers.admin, old["token"]).get(DATASETS).status_code == 401

    def test_is_refused_for_a_key_that_has_ended(self, callers: Callers) -> None:
        old = made(callers.admin)
        callers.admin.delete(f"{KEYS}/{old['key']['id']}")
        assert callers.admin.post(f"{KEYS}/{old['key']['id']}/rotate", json={}).status_code == 409

    def test_has_a_longest_grace_time(self, callers: Callers) -> None:
        old = made(callers.admin)
        answer = callers.admin.post(f"{KEYS}/{old['key']['id']}/rotate", json={"graceHours": 1000})
        assert answer.status_code == 400


class TestRevoke:
    def test_ends_a_key_at_once(self, callers: Callers) -> None:
        body = made(callers.admin)
        holder = using(callers.admin, body["token"])
        assert holder.get(DATASETS).status_code == 200
        assert callers.admin.delete(f"{KEYS}/{body['key']['id']}").json()["state"] == "revoked"
        assert holder.get(DATASETS).status_code == 401

    def test_is_not_for_those_who_may_do_less(self, callers: Callers) -> None:
        limited = callers.with_key(role="admin", scopes=["knowledge:manage", "knowledge:read"])
        body = made(callers.admin)
        assert limited.delete(f"{KEYS}/{body['key']['id']}").status_code == 403
