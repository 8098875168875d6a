"""Uploads: what comes in, what is refused, and what either is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json, error_of, path_of
from tests.api.live import answered_early, served


@pytest.fixture
def path(dataset: Json) -> str:
    return f"{path_of(dataset)}/files/upload"


def texts(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"{number}.txt", f"Text number {number}.".encode())) for number in range(count)]


class TestUploading:
    def test_needs_a_key(self, client: TestClient, path: str) -> None:
        assert client.post(path, files=texts(1)).status_code == 401

    def test_is_forbidden_to_reviewers(self, callers: Callers, path: str) -> None:
        assert callers.reviewer.post(path, files=texts(1)).status_code == 403

    def test_into_no_dataset_is_not_found(self, callers: Callers) -> None:
        path = "/dashboard/v1/knowledge-base/datasets/none/files/upload"
        assert callers.admin.post(path, files=texts(1)).status_code == 404

    def test_answers_at_once_with_a_job_for_each_file(self, callers: Callers, dataset: Json, path: str) -> None:
        answer = callers.member.post(path, files=texts(3))
        assert answer.status_code == 202
        body = answer.json()
        assert set(body) == {"uploadedFiles", "rejectedFiles"}
        assert [file["fileName"] for file in body["uploadedFiles"]] == ["0.txt", "1.txt", "2.txt"]
        assert {(file["status"], file["outcome"]) for file in body["uploadedFiles"]} == {("pending", "created")}
        assert all(file["jobId"] for file in body["uploadedFiles"])
        for file in body["uploadedFiles"]:
            assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"

    def test_of_the_same_bytes_again_does_nothing_and_says_so(self, callers: Callers, dataset: Json, path: str) -> None:
        first = callers.admin.upload(dataset, "same.txt", "The very same words.")
        callers.admin.settled(dataset, first["id"])
        second = callers.admin.post(path, files=[("files", ("same.txt", b"The very same words."))])
        assert second.status_code == 202
        assert second.json()["uploadedFiles"] == [
            {"id": first["id"], "fileName": "same.txt", "status": "indexed", "jobId": None, "outcome": "identical"}
        ]

    def test_of_other_bytes_under_the_same_name_replaces(self, callers: Callers, dataset: Json, path: str) -> None:
        first = callers.admin.upload(dataset, "note.txt", "The old words.")
        callers.admin.settled(dataset, first["id"])
        second = callers.admin.upload(dataset, "note.txt", "The new words.")
        assert second["outcome"] == "replaced"
        assert second["id"] == first["id"]

    def test_takes_settings_and_labels_for_its_files(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(
            dataset, "labelled.md", "# A\n\ntext", chunkSize="256", chunkOverlap="0", parseType="NAIVE",
            parserEngine="NATIVE", onlyMainContent="false", source="competitor_research", metadata='{"team": "Süd"}',
        )  # fmt: skip
        record = callers.admin.get(f"{path_of(dataset)}/files/{file['id']}").json()
        assert record["source"] == "competitor_research"
        assert record["metadata"] == {"team": "Süd"}

    def test_counts_empty_fields_as_absent(self, callers: Callers, dataset: Json) -> None:
        assert callers.admin.upload(dataset, "a.txt", "a", chunkSize="", metadata="", source="")["id"]


class TestAnUploadThatIsWrong:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"chunkSize": "100"}, "chunkSize"),
            ({"chunkSize": "many"}, "chunkSize"),
            ({"chunkOverlap": "600"}, "chunkOverlap"),
            ({"chunkSize": "128", "chunkOverlap": "128"}, "chunkOverlap"),
            ({"parseType": "FANCY"}, "parseType"),
            ({"parserEngine": "TIKA"}, "parserEngine"),
            ({"source": "rumour"}, "source"),
            ({"metadata": "[1]"}, "metadata"),
            ({"metadata": "{"}, "metadata"),
            ({"metadata": '{"a": [1]}'}, "metadata.a"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_names_the_field(self, callers: Callers, path: str, fields: dict[str, str], field: str) -> None:
        answer = callers.admin.post(path, files=texts(1), data=fields)
        assert answer.status_code == 400, answer.text
        assert field in {detail["field"] for detail in error_of(answer)["details"]}

    def test_without_files_is_refused(self, callers: Callers, path: str) -> None:
        answer = callers.admin.post(path, files=[("files", ("", b""))])
        assert answer.status_code == 400
        assert error_of(answer)["details"] == [{"field": "files", "message": "is required"}]

    def test_that_is_no_form_is_refused(self, callers: Callers, path: str) -> None:
        answer = callers.admin.post(path, json={"files": []})
        assert answer.status_code == 400
        assert "multipart/form-data" in error_of(answer)["message"]

    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
    def test_that_is_a_broken_form_is_refused(self, callers: Callers, path: str, kind: str) -> None:
        answer = callers.admin.post(path, content=b"nonsense", headers={"Content-Type": kind})
        assert answer.status_code == 400
        assert error_of(answer)["code"] == "VALIDATION_ERROR"

    def test_with_a_file_in_another_field_is_refused(self, callers: Callers, path: str) -> None:
        assert callers.admin.post(path, files=[("document", ("a.txt", b"a"))]).status_code == 400

    def test_with_text_in_place_of_a_file_is_refused(self, callers: Callers, path: str) -> None:
        assert callers.admin.post(path, data={"files": "a.txt"}, files=texts(1)).status_code == 400


class TestTheLimits:
    def test_of_20_files_is_kept(self, callers: Callers, path: str) -> None:
        answer = callers.admin.post(path, files=texts(21))
        assert answer.status_code == 400
        assert "20" in error_of(answer)["message"]

    def test_of_a_file_refuses_it_and_takes_the_others(self, callers: Callers, path: str, settings: Settings) -> None:
        large = ("files", ("large.txt", b"x" * (settings.upload_max_file + 1)))
        answer = callers.admin.post(path, files=[large, *texts(1)])
        assert answer.status_code == 202
        body = answer.json()
        assert [file["fileName"] for file in body["uploadedFiles"]] == ["0.txt"]
        assert [file["fileName"] for file in body["rejectedFiles"]] == ["large.txt"]
        assert set(body["rejectedFiles"][0]) == {"fileName", "code", "message"}

    def test_refuses_the_whole_if_no_file_can_be_taken(self, callers: Callers, dataset: Json, path: str) -> None:
        answer = callers.admin.post(path, files=[("files", ("program.exe", b"MZ\x90\x00" + b"\x00" * 500))])
        assert answer.status_code == 400
        error = error_of(answer)
        assert error["code"] == "VALIDATION_ERROR"
        assert "program.exe" in error["details"][0]["message"]
        assert callers.admin.get(path_of(dataset)).json()["files"] == []

    def test_of_the_sum_is_kept_for_a_declared_length(self, callers: Callers, path: str) -> None:
        four = [("files", (f"{number}.txt", b"x" * 1_100_000)) for number in range(4)]
        answer = callers.admin.post(path, files=four)
        assert answer.status_code == 413
        assert error_of(answer)["code"] == "PAYLOAD_TOO_LARGE"

    def test_of_the_sum_is_kept_to_the_byte(self, callers: Callers, path: str, settings: Settings) -> None:
        sizes = [1_000_000, 1_000_000, settings.upload_max_batch - 2_000_000 + 1]
        files = [("files", (f"{size}-{number}.txt", b"x" * size)) for number, size in enumerate(sizes)]
        assert callers.admin.post(path, files=files).status_code == 413

    def test_of_the_sum_is_kept_for_a_body_of_unknown_length(
        self, callers: Callers, path: str, settings: Settings
    ) -> None:
        def endless() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
            for _ in range(100):
                yield b"x" * 100_000

        kind = "multipart/form-data; boundary=b"
        answer = callers.admin.post(path, content=endless(), headers={"Content-Type": kind})
        assert answer.status_code == 413
        assert error_of(answer)["code"] == "PAYLOAD_TOO_LARGE"


class TestAServerThatIsBehind:
    """Only the head of a request is ever sent: whoever waits for the rest of it gives no answer."""

    def test_refuses_before_the_body_is_read(
        self, callers: Callers, path: str, settings: Settings, runtime: Runtime
    ) -> None:
        full = replace(runtime.uploads, limits=replace(runtime.uploads.limits, waiting=0))
        with served(create_app(settings, replace(runtime, uploads=full))) as url:
            head, answer = answered_early(url, path, token=callers.member.headers["Authorization"], length=2_000_000)
        assert head[0] == "HTTP/1.1 503 Service Unavailable"
        assert "retry-after: 5" in head
        assert answer["error"]["code"] == "UNAVAILABLE"
        assert "files are waiting to be ingested, and the limit is 0" in answer["error"]["message"]
