"""Single files: get, status, chunks, switch, build anew, delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of, path_of

TEXT = "\n\n".join(f"# Part {number}\n\nSentence {number} tells of topic {number}. " * 12 for number in range(1, 9))


@pytest.fixture
def file(callers: Callers, dataset: Json) -> Json:
    """A file of several chunks, indexed."""
    callers.admin.patch(f"{path_of(dataset)}/config", json={"chunkSize": 128, "chunkOverlap": 16})
    uploaded = callers.admin.upload(dataset, "parts.md", TEXT, metadata='{"language": "en"}')
    assert callers.admin.settled(dataset, uploaded["id"])["status"] == "indexed"
    return uploaded


@pytest.fixture
def path(dataset: Json, file: Json) -> str:
    return f"{path_of(dataset)}/files/{file['id']}"


class TestEveryOperation:
    OPERATIONS = (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/status"),
        ("GET", "/chunks"),
        ("GET", "/report"),
        ("GET", "/content"),
    )

    @pytest.mark.parametrize(("method", "tail"), OPERATIONS)
    def test_needs_a_key(self, client: TestClient, path: str, method: str, tail: str) -> None:
        assert client.request(method, f"{path}{tail}").status_code == 401

    @pytest.mark.parametrize(("method", "tail"), OPERATIONS)
    def test_is_forbidden_to_a_key_that_may_only_search(
        self, callers: Callers, path: str, method: str, tail: str
    ) -> None:
        assert callers.searcher.request(method, f"{path}{tail}", json={}).status_code == 403

    @pytest.mark.parametrize(("method", "tail"), OPERATIONS)
    def test_of_no_file_is_not_found(self, callers: Callers, dataset: Json, method: str, tail: str) -> None:
        answer = callers.admin.request(method, f"{path_of(dataset)}/files/none{tail}", json={})
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "NOT_FOUND"

    @pytest.mark.parametrize(("method", "tail"), OPERATIONS)
    def test_of_another_datasets_file_is_not_found(self, callers: Callers, file: Json, method: str, tail: str) -> None:
        made = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": f"beside {file['id']}"})
        answer = callers.admin.request(method, f"{path_of(made.json())}/files/{file['id']}{tail}", json={})
        assert answer.status_code == 404


class TestGetting:
    def test_gives_the_whole_record(self, callers: Callers, dataset: Json, path: str) -> None:
        record = callers.reviewer.get(path).json()
        assert record["fileName"] == "parts.md"
        assert record["datasetId"] == dataset["id"]
        assert record["status"] == "indexed"
        assert record["progress"] == 100
        assert record["metadata"] == {"language": "en"}
        assert record["source"] == "upload"
        assert record["fileSizeBytes"] == len(TEXT.encode())
        assert record["errorMessage"] is None


class TestStatus:
    def test_has_the_documented_fields(self, callers: Callers, file: Json, path: str) -> None:
        status = callers.reviewer.get(f"{path}/status").json()
        assert set(status) == {"fileId", "status", "progress", "chunksCount", "errorMessage"}
        assert status["fileId"] == file["id"]
        assert status["chunksCount"] > 1

    def test_of_a_file_that_cannot_be_read_says_why(self, callers: Callers, dataset: Json) -> None:
        uploaded = callers.admin.upload(dataset, "broken.pdf", b"%PDF-1.7\n" + b"\x00garbage" * 200)
        status = callers.admin.settled(dataset, uploaded["id"])
        assert status["status"] == "error"
        assert status["errorMessage"]


class TestChunks:
    def pages(self, callers: Callers, path: str, limit: int) -> Iterator[Json]:
        cursor = None
        while True:
            params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            page = callers.reviewer.get(f"{path}/chunks", params=params).json()
            yield page
            cursor = page["pagination"]["nextCursor"]
            if cursor is None:
                return

    def test_come_in_pages_that_hold_each_once(self, callers: Callers, path: str) -> None:
        pages = list(self.pages(callers, path, limit=3))
        chunks = [chunk for page in pages for chunk in page["data"]]
        assert [chunk["position"] for chunk in chunks] == list(range(len(chunks)))
        assert len(chunks) == callers.admin.get(path).json()["chunksCount"] > 3
        assert [page["pagination"]["hasMore"] for page in pages] == [True] * (len(pages) - 1) + [False]
        assert {page["pagination"]["limit"] for page in pages} == {3}

    def test_tell_where_they_come_from(self, callers: Callers, file: Json, path: str) -> None:
        chunk = callers.reviewer.get(f"{path}/chunks").json()["data"][0]
        assert chunk["fileId"] == file["id"]
        assert chunk["headingPath"] or chunk["kind"] == "heading" or "Part 1" in chunk["content"]
        assert 0 < chunk["tokenCount"] <= 128

    @pytest.mark.parametrize("limit", ["0", "201", "many", "-1"])
    def test_keep_the_limits_of_a_page(self, callers: Callers, path: str, limit: str) -> None:
        answer = callers.admin.get(f"{path}/chunks", params={"limit": limit})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == "limit"

    @pytest.mark.parametrize("cursor", ["x", "!!!!", "bm9uZQ", "\x00"])
    def test_refuse_a_cursor_that_is_none(self, callers: Callers, path: str, cursor: str) -> None:
        assert callers.admin.get(f"{path}/chunks", params={"cursor": cursor}).status_code == 400


class TestSwitching:
    def test_is_forbidden_to_reviewers(self, callers: Callers, path: str) -> None:
        assert callers.reviewer.patch(path, json={"enabled": False}).status_code == 403

    @pytest.mark.parametrize("body", [{"enabled": "no"}, {"enabled": 0}, {"reIngest": 1}, {"disabled": True}])
    def test_takes_only_true_and_false(self, callers: Callers, path: str, body: Json) -> None:
        assert callers.admin.patch(path, json=body).status_code == 400

    def test_off_shows_as_disabled_and_on_again_as_indexed(self, callers: Callers, path: str) -> None:
        off = callers.member.patch(path, json={"enabled": False})
        assert off.status_code == 200
        assert (off.json()["enabled"], off.json()["status"]) == (False, "disabled")
        on = callers.member.patch(path, json={"enabled": True}).json()
        assert (on["enabled"], on["status"]) == (True, "indexed")

    def test_of_nothing_changes_nothing(self, callers: Callers, path: str) -> None:
        before = callers.admin.get(path).json()
        assert callers.admin.patch(path, json={}).json() == before


class TestBuildingAnew:
    def test_uses_the_settings_of_now(self, callers: Callers, dataset: Json, file: Json, path: str) -> None:
        before = callers.admin.get(path).json()["chunksCount"]
        callers.admin.patch(f"{path_of(dataset)}/config", json={"chunkSize": 1024, "parseType": "NAIVE"})
        assert callers.member.patch(path, json={"reIngest": True}).status_code == 200
        assert callers.admin.settled(dataset, file["id"])["chunksCount"] < before


class TestCuttingByHand:
    def test_cuts_at_the_separators_of_the_dataset_and_nowhere_else(self, callers: Callers, dataset: Json) -> None:
        config = {"parseType": "MANUAL", "separators": ["====="]}
        assert callers.member.patch(f"{path_of(dataset)}/config", json=config).status_code == 200
        text = "First entry.\n\nStill the first.\n\n=====\n\nThe second entry."
        file = callers.admin.upload(dataset, "entries.txt", text)
        callers.admin.settled(dataset, file["id"])
        chunks = callers.reviewer.get(f"{path_of(dataset)}/files/{file['id']}/chunks").json()["data"]
        assert [chunk["content"] for chunk in chunks] == ["First entry.\n\nStill the first.", "The second entry."]


class TestDeleting:
    def test_is_forbidden_to_reviewers(self, callers: Callers, path: str) -> None:
        assert callers.reviewer.delete(path).status_code == 403

    def test_tells_how_many_chunks_went(self, callers: Callers, dataset: Json, path: str) -> None:
        chunks = callers.admin.get(path).json()["chunksCount"]
        answer = callers.member.delete(path)
        assert answer.status_code == 200
        assert answer.json() == {"deleted": True, "chunksRemoved": chunks}
        assert callers.admin.get(path).status_code == 404
        assert callers.admin.delete(path).status_code == 404
        assert callers.admin.get(path_of(dataset)).json()["totalFiles"] == 0


class TestReport:
    def test_tells_how_the_file_was_read_cut_and_embedded(self, callers: Callers, file: Json, path: str) -> None:
        report = callers.reviewer.get(f"{path}/report").json()
        assert report["fileId"] == file["id"]
        assert report["status"] == "indexed"
        assert report["engineUsed"] == "NODE_NATIVE"
        assert report["language"] == "en"
        assert {one["kind"]: one["blocks"] for one in report["blocks"]} == {"heading": 8, "text": 96}
        assert report["chunksCount"] == sum(bucket["chunks"] for bucket in report["chunkLengths"]) > 1
        assert report["truncations"] == 0
        assert [one["stage"] for one in report["stages"]] == ["waiting", "reading", "chunking", "embedding"]
        assert report["error"] is None
        assert report["finishedOn"] is not None

    def test_of_a_file_that_could_not_be_read_says_why(self, callers: Callers, dataset: Json) -> None:
        uploaded = callers.admin.upload(dataset, "broken.json", '{"cut": [1, 2')
        callers.admin.settled(dataset, uploaded["id"])
        report = callers.reviewer.get(f"{path_of(dataset)}/files/{uploaded['id']}/report").json()
        assert report["status"] == "error"
        assert report["error"]["code"] == "FILE_IS_CORRUPT"
        assert report["engineUsed"] is None
        assert report["chunksCount"] == report["characters"] == 0
