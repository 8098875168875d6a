"""/dashboard/v1/audit-log: what requests leave behind."""

from __future__ import annotations

import json
from typing import Any

from identity.audit.types import AuditFilter
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of, path_of

LOG = "/dashboard/v1/audit-log"


def entries(caller: Caller, **filters: Any) -> list[Json]:
    answer = caller.get(LOG, params={f"filter[{name}]": value for name, value in filters.items()})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["data"]
    return found


class TestChanges:
    def test_are_there_with_before_and_after(self, callers: Callers, dataset: Json) -> None:
        callers.admin.patch(f"{path_of(dataset)}/config", json={"description": "About tests"})
        changed, made = entries(callers.admin, entityType="dataset", entityId=dataset["id"])[:2]
        assert made["action"] == "created"
        assert made["changes"]["name"] == {"from": None, "to": dataset["name"]}
        assert changed["action"] == "updated"
        assert changed["changes"]["description"] == {"from": None, "to": "About tests"}
        assert changed["actorType"] == "user"
        assert changed["actorId"] == callers.principal.user_id
        assert changed["keyId"] == callers.principal.key_id
        assert changed["ip"] == "testclient"

    def test_that_were_refused_are_not(self, callers: Callers, dataset: Json) -> None:
        callers.member.delete(path_of(dataset))
        found = entries(callers.admin, entityType="dataset", entityId=dataset["id"])
        assert "deleted" not in {entry["action"] for entry in found}


class TestReads:
    def test_of_content_are_there_with_the_key(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "a.md", "# Rules\n\nNobody runs in the corridors.")
        callers.admin.settled(dataset, file["id"])
        agent = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        request = agent.get(f"{path_of(dataset)}/files/{file['id']}/content").headers["x-request-id"]
        question = {"query": "corridors", "datasetIds": [dataset["id"]]}
        answer = agent.post("/dashboard/v1/knowledge-base/search", json=question)
        read = entries(callers.admin, entityType="file", entityId=file["id"], action="read")
        assert read[0]["requestId"] == request
        assert read[0]["changes"] is None
        search = entries(callers.admin, entityType="search", action="read")[0]
        assert search["metadata"] == {"datasets": [dataset["id"]], "files": [file["id"]]}
        assert search["entityId"] == answer.headers["x-search-id"]  # the record of the search has the same
        batch = agent.post("/dashboard/v1/knowledge-base/search/batch", json={"searches": [question, question]}).json()
        searches = {one["searchId"] for one in batch["data"]}
        assert searches == {one["entityId"] for one in entries(callers.admin, entityType="search")[:2]}

    def test_of_the_log_are_there_too(self, callers: Callers) -> None:
        entries(callers.admin)
        assert entries(callers.admin, entityType="audit_log")[0]["action"] == "read"


class TestList:
    def test_goes_backwards_in_pages(self, callers: Callers, dataset: Json) -> None:
        for name in ("one", "two", "three"):
            callers.admin.patch(f"{path_of(dataset)}/config", json={"description": name})
        mine = {"limit": 2, "filter[entityId]": dataset["id"]}
        first = callers.admin.get(LOG, params=mine).json()
        assert len(first["data"]) == 2
        assert first["pagination"]["hasMore"] is True
        second = callers.admin.get(LOG, params={**mine, "cursor": first["pagination"]["nextCursor"]}).json()
        assert not {entry["id"] for entry in first["data"]} & {entry["id"] for entry in second["data"]}
        assert first["data"][0]["createdOn"] >= second["data"][0]["createdOn"]

    def test_is_limited_to_ones_own_for_others(self, callers: Callers, dataset: Json) -> None:
        callers.admin.get(path_of(dataset))
        member = callers.with_key(role="member")
        member.get(path_of(dataset))
        found = entries(member)
        assert {entry["keyId"] for entry in found} == {found[0]["keyId"]}
        assert callers.principal.key_id not in {entry["keyId"] for entry in found}

    def test_shows_strangers_nothing_of_ours(self, callers: Callers, dataset: Json) -> None:
        assert dataset["id"] not in callers.stranger.get(LOG).text

    def test_takes_days_and_refuses_what_is_none(self, callers: Callers, dataset: Json) -> None:
        assert entries(callers.admin, startDate="2999-01-01") == []
        answer = callers.admin.get(LOG, params={"filter[startDate]": "soon"})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == "filter[startDate]"


class TestExport:
    def test_gives_a_line_an_entry_oldest_first(self, callers: Callers, dataset: Json) -> None:
        answer = callers.admin.get(f"{LOG}/export", params={"filter[entityId]": dataset["id"]})
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines[0]["action"] == "created"
        assert all(line["entityId"] == dataset["id"] for line in lines)


class TestTheWholeTrail:
    def test_of_all_these_requests_is_whole(self, callers: Callers, runtime: Runtime, dataset: Json) -> None:
        runtime.reads.flush()
        with runtime.database.read() as session:
            verdict = runtime.trail.verify(session, callers.principal.tenant_id)
            seen = list(runtime.audit_log.all(session, callers.principal, AuditFilter()))
        assert verdict.is_whole, verdict.faults
        assert verdict.entries == len(seen) > 0
