"""Records of searches: who asked what and found what, never across tenants, and what was missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, error_of, path_of

KB = "/dashboard/v1/knowledge-base"
RECORDS = f"{KB}/search-records"


@pytest.fixture(scope="module")
def shelf(callers: Callers) -> Iterator[Json]:
    made: Json = callers.admin.post(
        f"{KB}/datasets", json={"name": f"shelf {uuid4()}", "allowedAgentRoles": ["writer"]}
    ).json()
    file = callers.admin.upload(made, "tea.md", "# Tea\n\nGreen tea is steeped for two minutes.")
    callers.admin.settled(made, file["id"])
    yield made
    callers.admin.delete(path_of(made))


def search(caller: Caller, dataset: Json, query: str, **more: object) -> tuple[str, Json]:
    """The record's id and the answer."""
    answer = caller.post(f"{KB}/search", json={"query": query, "datasetIds": [dataset["id"]], **more})
    assert answer.status_code == 200, answer.text
    return answer.headers["x-search-id"], answer.json()


class TestRecords:
    def test_hold_the_question_who_asked_and_what_was_shown(self, callers: Callers, shelf: Json) -> None:
        record_id, answer = search(callers.searcher, shelf, "how long does tea steep", topK=3, hybridAlpha=0.4)
        record = callers.reader.get(f"{RECORDS}/{record_id}").json()
        assert record["query"] == "how long does tea steep"
        assert record["datasetIds"] == [shelf["id"]]
        assert record["keyName"] is None  # somebody else searched
        assert callers.admin.get(f"{RECORDS}/{record_id}").json()["keyName"].startswith("member")
        assert callers.searcher.get(RECORDS).status_code == 403
        assert record["request"] == {"topK": 3, "minScore": 0.0, "rerank": False, "hybridAlpha": 0.4}
        assert [one["chunkId"] for one in record["results"]] == [one["chunkId"] for one in answer["results"]]
        assert record["topScore"] == pytest.approx(answer["results"][0]["score"])
        assert record["searchMs"] > 0
        assert "steeped" not in json.dumps(record["results"])

    def test_come_newest_first_in_pages(self, callers: Callers, shelf: Json) -> None:
        made = [search(callers.searcher, shelf, f"question {number}")[0] for number in range(5)]
        seen: list[str] = []
        cursor: str | None = None
        while len(seen) < 5:
            params = {"limit": 2, "datasetId": shelf["id"]} | ({"cursor": cursor} if cursor else {})
            page = callers.reader.get(RECORDS, params=params).json()
            seen += [record["id"] for record in page["data"]]
            cursor = page["pagination"]["nextCursor"]
        assert seen[:5] == made[::-1]

    def test_are_seen_by_nobody_who_may_not_see_the_datasets(self, callers: Callers, shelf: Json) -> None:
        record_id, _ = search(callers.searcher, shelf, "green tea")
        for outsider in (callers.stranger, callers.agent("copywriter")):
            assert outsider.get(f"{RECORDS}/{record_id}").status_code == 404
            listed = {record["id"] for record in outsider.get(RECORDS, params={"limit": 200}).json()["data"]}
            assert record_id not in listed
            assert record_id not in outsider.get(f"{RECORDS}/export").text
        assert callers.agent("writer").get(f"{RECORDS}/{record_id}").status_code == 200

    def test_are_exported_as_json_lines(self, callers: Callers, shelf: Json) -> None:
        record_id, _ = search(callers.searcher, shelf, "exported tea")
        lines = callers.reader.get(f"{RECORDS}/export").text.splitlines()
        assert json.loads(lines[0]) == callers.reader.get(f"{RECORDS}/{record_id}").json()

    def test_need_a_key_that_may_read(self, callers: Callers) -> None:
        assert callers.searcher.get(RECORDS).status_code == 403

    def test_go_after_their_time(self, callers: Callers, runtime: Runtime, shelf: Json) -> None:
        record_id, _ = search(callers.searcher, shelf, "soon forgotten")
        runtime.searching.recorder.flush()
        assert runtime.searching.recorder.sweep() == 0
        assert callers.reader.get(f"{RECORDS}/{record_id}").status_code == 200


class TestMarking:
    def test_keeps_the_last_word(self, callers: Callers, shelf: Json) -> None:
        record_id, answer = search(callers.searcher, shelf, "tea minutes")
        chunk_id = answer["results"][0]["chunkId"]
        for mark in ("not", "relevant"):
            body = {"chunkId": chunk_id, "mark": mark}
            assert callers.searcher.post(f"{RECORDS}/{record_id}/marks", json=body).status_code == 200
        assert callers.reader.get(f"{RECORDS}/{record_id}").json()["results"][0]["mark"] == "relevant"

    def test_is_of_shown_results_only(self, callers: Callers, shelf: Json) -> None:
        record_id, _ = search(callers.searcher, shelf, "tea minutes")
        answer = callers.searcher.post(f"{RECORDS}/{record_id}/marks", json={"chunkId": "x", "mark": "not"})
        assert error_of(answer)["code"] == "VALIDATION_ERROR"


class TestGaps:
    def test_are_questions_without_a_good_answer(self, callers: Callers, shelf: Json) -> None:
        for query in ("quantum flux capacitors", "Quantum  flux capacitors", "how long is green tea steeped"):
            search(callers.searcher, shelf, query)
        record_id, answer = search(callers.searcher, shelf, "green tea two minutes exactly")
        body = {"chunkId": answer["results"][0]["chunkId"], "mark": "not"}
        callers.searcher.post(f"{RECORDS}/{record_id}/marks", json=body)
        gaps = {gap["query"]: gap for gap in callers.reader.get(f"{KB}/search-gaps").json()["data"]}
        assert gaps["Quantum  flux capacitors"]["times"] == 2
        assert "green tea two minutes exactly" in gaps
        assert "how long is green tea steeped" not in gaps
