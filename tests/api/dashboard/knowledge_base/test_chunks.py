"""Chunks over HTTP: page, find, put right, switch, add, take back."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json, error_of, path_of

TEXT = "The notice period is three months.\n---\nParking is behind the house, never before it.\n"


@pytest.fixture
def path(callers: Callers, dataset: Json) -> str:
    callers.admin.patch(f"{path_of(dataset)}/config", json={"parseType": "MANUAL", "separators": ["---"]})
    uploaded = callers.admin.upload(dataset, "house.txt", TEXT)
    assert callers.admin.settled(dataset, uploaded["id"])["status"] == "indexed"
    return f"{path_of(dataset)}/files/{uploaded['id']}"


def chunks(callers: Callers, path: str, **query: str) -> list[Json]:
    answer = callers.reviewer.get(f"{path}/chunks", params=query)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["data"]
    return found


class TestEveryOperation:
    OPERATIONS = (
        ("POST", "/chunks", {"content": "Added by hand."}),
        ("PATCH", "/chunks/none", {"enabled": False}),
        ("GET", "/chunk-changes", None),
        ("DELETE", "/chunk-changes/none", None),
    )

    @pytest.mark.parametrize(("method", "tail", "body"), OPERATIONS)
    def test_needs_a_key(self, client: TestClient, path: str, method: str, tail: str, body: Json) -> None:
        assert client.request(method, f"{path}{tail}", json=body).status_code == 401

    @pytest.mark.parametrize(("method", "tail", "body"), OPERATIONS)
    def test_of_no_file_is_not_found(self, callers: Callers, dataset: Json, method: str, tail: str, body: Json) -> None:
        answer = callers.admin.request(method, f"{path_of(dataset)}/files/none{tail}", json=body)
        assert answer.status_code == 404

    @pytest.mark.parametrize(("method", "tail", "body"), [one for one in OPERATIONS if one[0] != "GET"])
    def test_that_writes_is_forbidden_to_a_reviewer(
        self, callers: Callers, path: str, method: str, tail: str, body: Json
    ) -> None:
        assert callers.reviewer.request(method, f"{path}{tail}", json=body).status_code == 403


class TestChunks:
    def test_are_found_by_words(self, callers: Callers, path: str) -> None:
        assert len(chunks(callers, path)) > len(chunks(callers, path, query="MONTHS notice")) > 0

    @pytest.mark.parametrize("body", [{"content": "--"}, {"content": ""}, {"content": "a\x00b"}, {"text": "x"}])
    def test_refuse_what_is_no_text(self, callers: Callers, path: str, body: Json) -> None:
        chunk = chunks(callers, path)[0]
        answer = callers.admin.patch(f"{path}/chunks/{chunk['id']}", json=body)
        assert answer.status_code == 400
        assert error_of(answer)["code"] == "VALIDATION_ERROR"

    def test_are_put_right_listed_as_changed_and_taken_back(self, callers: Callers, path: str) -> None:
        before = chunks(callers, path)[0]
        edited = callers.admin.patch(f"{path}/chunks/{before['id']}", json={"content": "It is two months."}).json()
        assert edited["content"] == "It is two months."
        (change,) = callers.reviewer.get(f"{path}/chunk-changes").json()["data"]
        assert change["id"] == edited["changeId"]
        assert (change["kind"], change["state"], change["chunkId"]) == ("edit", "applied", before["id"])
        assert change["originalContent"] == before["content"]
        assert callers.admin.delete(f"{path}/chunk-changes/{change['id']}").json() == {"deleted": True}
        assert chunks(callers, path)[0] == before

    def test_are_switched_off_and_no_longer_found_by_searches(self, callers: Callers, dataset: Json, path: str) -> None:
        for chunk in chunks(callers, path, query="parking"):
            assert callers.admin.patch(f"{path}/chunks/{chunk['id']}", json={"enabled": False}).status_code == 200
        asked = {"query": "where may I park?", "datasetIds": [dataset["id"]], "topK": 10}
        results = callers.admin.post("/dashboard/v1/knowledge-base/search", json=asked).json()["results"]
        assert all("house" not in result["content"] for result in results)

    def test_are_added_by_hand_and_found_by_searches(self, callers: Callers, dataset: Json, path: str) -> None:
        body = {"content": "The zeppelin lands at dawn.", "pageNumber": 2, "headingPath": ["Air"]}
        added = callers.admin.post(f"{path}/chunks", json=body)
        assert added.status_code == 201
        assert added.json()["pageNumber"] == 2
        asked = {"query": "when does the zeppelin land?", "datasetIds": [dataset["id"]], "topK": 1}
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            results = callers.admin.post("/dashboard/v1/knowledge-base/search", json=asked).json()["results"]
            if results and results[0]["content"] == body["content"]:
                return
            time.sleep(0.05)
        pytest.fail("the chunk was not found within 30 s")

    def test_that_say_nearly_the_same_name_each_other_and_are_counted(
        self, callers: Callers, dataset: Json, path: str
    ) -> None:
        told = [f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(90)]
        ids = {}
        for name, last in (("one.txt", "heron"), ("two.txt", "egret")):
            uploaded = callers.admin.upload(dataset, name, " ".join([*told, last]))
            assert callers.admin.settled(dataset, uploaded["id"])["status"] == "indexed"
            ids[name] = uploaded["id"]
        one, two = (f"{path_of(dataset)}/files/{ids[name]}" for name in ("one.txt", "two.txt"))
        (first,), (second,) = chunks(callers, one), chunks(callers, two, query="egret")
        assert first["nearDuplicateOf"] == second["id"]
        assert second["nearDuplicateOf"] == first["id"]
        assert all(chunk["nearDuplicateOf"] is None for chunk in chunks(callers, path))
        report = callers.reviewer.get(f"{one}/report")
        assert report.status_code == 200, report.text
        assert report.json()["nearDuplicateChunks"] == 1


class TestAChangeWhoseTextIsGone:
    def test_is_an_approval_that_lets_it_go(self, callers: Callers, dataset: Json, path: str, runtime: Runtime) -> None:
        chunk = chunks(callers, path)[0]["id"]
        callers.admin.patch(f"{path}/chunks/{chunk}", json={"content": "Six months."}).raise_for_status()
        file = callers.admin.upload(dataset, "house.txt", "Nothing of that.\n---\nNor of this.\n")["id"]
        assert callers.admin.settled(dataset, file)["status"] == "indexed"
        runtime.teamwork.edits.tick()
        waiting = {"filter[status]": "pending", "limit": 100}
        found = callers.admin.get("/dashboard/v1/approvals", params=waiting).json()["data"]
        [approval] = [one["id"] for one in found if one["title"] == "A change of house.txt: the changed text is gone"]
        about = callers.admin.get(f"/dashboard/v1/approvals/{approval}").json()["metadata"]
        assert (about["datasetId"], about["fileId"], about["changes"]) == (dataset["id"], file, 1)
        decided = callers.admin.post(f"/dashboard/v1/approvals/{approval}/resolve", json={"resolution": "approved"})
        assert decided.status_code == 200, decided.text
        assert callers.reviewer.get(f"{path}/chunk-changes").json()["data"] == []
