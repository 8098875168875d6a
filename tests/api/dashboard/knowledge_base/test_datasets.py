"""Datasets: list, create, get, delete, configure, re-index."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of, path_of
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put

DRAWING = "50 700 m 500 700 l 500 100 l s"
DATASETS = "/dashboard/v1/knowledge-base/datasets"
SUMMARY = {
    "id", "name", "description", "status", "totalFiles", "totalChunks", "embeddingModel", "allowedAgentRoles",
    "search", "createdOn",
}  # fmt: skip
DETAIL = SUMMARY | {
    "embeddingProvider", "vectorSize", "chunkSize", "chunkOverlap", "parseType", "parserEngine", "separators",
    "ocr", "onlyMainContent", "redaction", "qdrantCollection", "updatedOn", "files",
}  # fmt: skip


class TestListing:
    def test_needs_a_key(self, client: TestClient) -> None:
        assert client.get(DATASETS).status_code == 401

    def test_is_forbidden_to_a_key_that_may_only_search(self, callers: Callers) -> None:
        answer = callers.searcher.get(DATASETS)
        assert answer.status_code == 403
        assert "knowledge:read" in error_of(answer)["message"]

    def test_gives_summaries(self, callers: Callers, dataset: Json) -> None:
        data = callers.reviewer.get(DATASETS).json()["data"]
        mine = next(item for item in data if item["id"] == dataset["id"])
        assert set(mine) == SUMMARY
        assert mine["status"] == "active"
        assert mine["totalFiles"] == mine["totalChunks"] == 0
        assert datetime.fromisoformat(mine["createdOn"]).tzinfo is not None

    def test_shows_an_agent_what_its_role_may_use(self, callers: Callers, dataset: Json) -> None:
        callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["copywriter"]})
        seen = {
            role: {item["id"] for item in callers.agent(role).get(DATASETS).json()["data"]}
            for role in ("copywriter", "analyst")
        }
        assert dataset["id"] in seen["copywriter"]
        assert dataset["id"] not in seen["analyst"]


class TestCreating:
    def test_needs_a_key(self, client: TestClient) -> None:
        assert client.post(DATASETS, json={"name": "x"}).status_code == 401

    def test_is_forbidden_to_members(self, callers: Callers) -> None:
        assert callers.member.post(DATASETS, json={"name": "x"}).status_code == 403

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": ""}, "name"),
            ({"name": "   "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": 5}, "name"),
            ({"name": "a\u0000b"}, "name"),
            ({"name": "x", "chunkSize": 127}, "chunkSize"),
            ({"name": "x", "chunkSize": 2049}, "chunkSize"),
            ({"name": "x", "chunkSize": "512"}, "chunkSize"),
            ({"name": "x", "chunkSize": True}, "chunkSize"),
            ({"name": "x", "chunkOverlap": -1}, "chunkOverlap"),
            ({"name": "x", "chunkOverlap": 513}, "chunkOverlap"),
            ({"name": "x", "chunkSize": 200, "chunkOverlap": 200}, "chunkOverlap"),
            ({"name": "x", "parseType": "naive"}, "parseType"),
            ({"name": "x", "parserEngine": "TIKA"}, "parserEngine"),
            ({"name": "x", "onlyMainContent": "yes"}, "onlyMainContent"),
            ({"name": "x", "allowedAgentRoles": "all"}, "allowedAgentRoles"),
            ({"name": "x", "chunk_size": 512}, "chunk_size"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, callers: Callers, body: Json, field: str) -> None:
        answer = callers.admin.post(DATASETS, json=body)
        assert answer.status_code == 400, answer.text
        assert field in {detail["field"] for detail in error_of(answer)["details"]}

    def test_conflicts_with_a_name_in_use(self, callers: Callers, dataset: Json) -> None:
        answer = callers.admin.post(DATASETS, json={"name": dataset["name"]})
        assert answer.status_code == 409
        assert error_of(answer)["code"] == "CONFLICT"

    def test_gives_the_dataset_with_the_defaults(self, dataset: Json) -> None:
        assert set(dataset) == DETAIL
        assert (dataset["chunkSize"], dataset["chunkOverlap"]) == (512, 64)
        assert dataset["parserEngine"] == "NODE_NATIVE"
        assert dataset["vectorSize"] == 384
        assert dataset["onlyMainContent"] is True
        assert dataset["files"] == []

    def test_takes_over_what_is_chosen(self, callers: Callers) -> None:
        chosen = {
            "name": f"chosen {uuid4()}",
            "description": "What we promise our customers — wörtlich",
            "chunkSize": 300,
            "chunkOverlap": 0,
            "parseType": "NAIVE",
            "parserEngine": "NATIVE",
            "onlyMainContent": False,
            "separators": ["=====", "\n***\n"],
            "allowedAgentRoles": ["copywriter"],
        }
        made = callers.admin.post(DATASETS, json=chosen).json()
        assert {name: made[name] for name in chosen} == {**chosen, "parserEngine": "NODE_NATIVE"}


class TestGetting:
    def test_needs_a_key(self, client: TestClient, dataset: Json) -> None:
        assert client.get(path_of(dataset)).status_code == 401

    def test_is_forbidden_to_a_key_that_may_only_search(self, callers: Callers, dataset: Json) -> None:
        assert callers.searcher.get(path_of(dataset)).status_code == 403

    def test_of_none_is_not_found(self, callers: Callers) -> None:
        answer = callers.admin.get(f"{DATASETS}/01JX0000000000000000000000")
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "NOT_FOUND"

    def test_of_one_outside_the_key_is_not_found_either(self, callers: Callers, dataset: Json) -> None:
        other = callers.with_key(role="member", dataset_ids=["01JX0000000000000000000000"])
        assert other.get(path_of(dataset)).status_code == 404

    def test_lists_its_files(self, callers: Callers, dataset: Json) -> None:
        uploaded = callers.admin.upload(dataset, "notes.md", "# Notes\n\nThe office opens at nine.")
        callers.admin.settled(dataset, uploaded["id"])
        body = callers.reviewer.get(path_of(dataset)).json()
        assert set(body) == DETAIL
        assert body["totalFiles"] == 1
        assert body["totalChunks"] >= 1
        assert set(body["files"][0]) == {
            "id", "fileName", "mimeType", "fileSizeBytes", "status", "chunksCount", "source", "enabled", "errorMessage",
            "createdOn",
        }  # fmt: skip
        assert body["files"][0]["status"] == "indexed"


class TestConfiguring:
    def test_needs_a_key(self, client: TestClient, dataset: Json) -> None:
        assert client.patch(f"{path_of(dataset)}/config", json={}).status_code == 401

    def test_is_forbidden_to_reviewers(self, callers: Callers, dataset: Json) -> None:
        assert callers.reviewer.patch(f"{path_of(dataset)}/config", json={"name": "y"}).status_code == 403

    def test_of_agent_roles_is_forbidden_to_members(self, callers: Callers, dataset: Json) -> None:
        answer = callers.member.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["*"]})
        assert answer.status_code == 403
        assert "allowedAgentRoles" in error_of(answer)["message"]

    def test_of_none_is_not_found(self, callers: Callers) -> None:
        assert callers.admin.patch(f"{DATASETS}/none/config", json={"name": "y"}).status_code == 404

    def test_conflicts_with_a_name_in_use(self, callers: Callers, dataset: Json) -> None:
        other = callers.admin.post(DATASETS, json={"name": f"other {uuid4()}"}).json()
        answer = callers.admin.patch(f"{path_of(other)}/config", json={"name": dataset["name"]})
        assert answer.status_code == 409

    @pytest.mark.parametrize(
        "change", [{"chunkSize": 100}, {"chunkOverlap": 512}, {"chunkSize": 128, "chunkOverlap": 128}]
    )
    def test_keeps_the_limits(self, callers: Callers, dataset: Json, change: Json) -> None:
        assert callers.admin.patch(f"{path_of(dataset)}/config", json=change).status_code == 400

    def test_changes_what_is_named_and_nothing_else(self, callers: Callers, dataset: Json) -> None:
        change = {"chunkSize": 800, "parseType": "NAIVE", "description": "new"}
        changed = callers.member.patch(f"{path_of(dataset)}/config", json=change)
        assert changed.status_code == 200
        assert changed.json() == {**dataset, **change, "updatedOn": changed.json()["updatedOn"]}
        assert callers.admin.get(path_of(dataset)).json() == changed.json()

    def test_removes_a_description_with_an_empty_text(self, callers: Callers, dataset: Json) -> None:
        callers.admin.patch(f"{path_of(dataset)}/config", json={"description": "old"})
        changed = callers.admin.patch(f"{path_of(dataset)}/config", json={"description": ""})
        assert changed.json()["description"] is None


class TestReindexing:
    def test_needs_a_key(self, client: TestClient, dataset: Json) -> None:
        assert client.post(f"{path_of(dataset)}/re-index").status_code == 401

    def test_is_forbidden_to_reviewers(self, callers: Callers, dataset: Json) -> None:
        assert callers.reviewer.post(f"{path_of(dataset)}/re-index").status_code == 403

    def test_of_none_is_not_found(self, callers: Callers) -> None:
        assert callers.admin.post(f"{DATASETS}/none/re-index").status_code == 404

    def test_queues_every_file(self, callers: Callers, dataset: Json) -> None:
        names = ("a.txt", "b.txt")
        files = [callers.admin.upload(dataset, name, f"This is the text of {name}.") for name in names]
        for file in files:
            callers.admin.settled(dataset, file["id"])
        answer = callers.member.post(f"{path_of(dataset)}/re-index")
        assert answer.status_code == 202
        assert answer.json()["jobsQueued"] == 2
        assert answer.json()["estimatedMinutes"] >= 0
        assert {callers.admin.settled(dataset, file["id"])["status"] for file in files} == {"indexed"}

    def test_says_beforehand_what_it_would_take_and_changes_nothing(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "a.txt", "This is the text of a.")
        callers.admin.settled(dataset, file["id"])
        answer = callers.reviewer.get(f"{path_of(dataset)}/re-index")
        assert answer.status_code == 200
        assert (answer.json()["files"], answer.json()["chunks"]) == (1, 1)
        assert answer.json()["estimatedMinutes"] >= 0
        assert (answer.json()["scannedPages"], answer.json()["unreadScans"]) == (0, 0)
        assert callers.admin.get(f"{path_of(dataset)}/files/{file['id']}/status").json()["status"] == "indexed"
        assert callers.admin.get(f"{DATASETS}/none/re-index").status_code == 404

    def test_says_beforehand_what_text_recognition_would_have_to_read(
        self, callers: Callers, dataset: Json, tmp_path: Path
    ) -> None:
        pages = [PdfPage([Put("A page that says so in letters")]), PdfPage(drawing=DRAWING), PdfPage(drawing=DRAWING)]
        for name, some in (("mixed.pdf", pages), ("scan.pdf", pages[1:])):
            content = PdfWriter(some).write(tmp_path / name).read_bytes()
            callers.admin.settled(dataset, callers.admin.upload(dataset, name, content)["id"])
        cost = callers.reviewer.get(f"{path_of(dataset)}/re-index").json()
        assert (cost["files"], cost["scannedPages"], cost["unreadScans"]) == (2, 2, 1)

    def test_of_an_empty_dataset_queues_nothing(self, callers: Callers, dataset: Json) -> None:
        assert callers.admin.post(f"{path_of(dataset)}/re-index").json()["jobsQueued"] == 0


class TestDeleting:
    def test_needs_a_key(self, client: TestClient, dataset: Json) -> None:
        assert client.delete(path_of(dataset)).status_code == 401

    def test_is_forbidden_to_members(self, callers: Callers, dataset: Json) -> None:
        assert callers.member.delete(path_of(dataset)).status_code == 403

    def test_of_none_is_not_found(self, callers: Callers) -> None:
        assert callers.admin.delete(f"{DATASETS}/none").status_code == 404

    def test_takes_everything_with_it(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "gone.txt", "The zeppelin lands at dawn.")
        callers.admin.settled(dataset, file["id"])
        answer = callers.admin.delete(path_of(dataset))
        assert answer.status_code == 200
        assert answer.json() == {"deleted": True}
        assert callers.admin.get(path_of(dataset)).status_code == 404
        assert callers.admin.get(f"{path_of(dataset)}/files/{file['id']}").status_code == 404

    def test_frees_the_name(self, callers: Callers, dataset: Json) -> None:
        callers.admin.delete(path_of(dataset))
        assert callers.admin.post(DATASETS, json={"name": dataset["name"]}).status_code == 201
