"""Searching."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of, path_of

SEARCH = "/dashboard/v1/knowledge-base/search"
FILES = {
    "leave.md": ("# Leave\n\nEveryone has thirty days of paid holiday a year.", '{"topic": "people"}'),
    "travel.md": ("# Travel\n\nTrain tickets are booked through the travel desk.", '{"topic": "travel"}'),
    "security.md": ("# Security\n\nThe badge KX-4711 opens the server room.", '{"topic": "building"}'),
}


@pytest.fixture(scope="module")
def handbook(callers: Callers) -> Iterator[Json]:
    created = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": f"handbook {uuid4()}"})
    made: Json = created.json()
    for name, (text, labels) in FILES.items():
        file = callers.admin.upload(made, name, text, metadata=labels)
        assert callers.admin.settled(made, file["id"])["status"] == "indexed"
    yield made
    callers.admin.delete(path_of(made))


def question(dataset: Json, query: str = "how many days off do I get", **more: object) -> Json:
    return {"query": query, "datasetIds": [dataset["id"]], **more}


@pytest.fixture(scope="module")
def shop(callers: Callers) -> Iterator[Json]:
    created = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": f"shop {uuid4()}"})
    made: Json = created.json()
    for name, labels in {
        "pen.md": '{"price": 2.5, "due": "2026-03-01", "sold": true}',
        "desk.md": '{"price": 310, "due": "2026-04-15"}',
        "visit.md": '{"price": "on request"}',
    }.items():
        file = callers.admin.upload(made, name, f"An offer of a {name}", metadata=labels)
        assert callers.admin.settled(made, file["id"])["status"] == "indexed"
    yield made
    callers.admin.delete(path_of(made))


class TestConditionsOnLabels:
    @pytest.mark.parametrize(
        ("where", "found"),
        [
            ({"key": "price", "gte": 2.5, "lt": 310}, {"pen.md"}),
            ({"key": "due", "gt": "2026-03-01"}, {"desk.md"}),
            ({"key": "sold", "in": "true"}, {"pen.md"}),
            ({"not": {"key": "due", "exists": True}}, {"visit.md"}),
            ({"any": [{"key": "price", "gt": 100}, {"key": "price", "in": ["on request"]}]}, {"desk.md", "visit.md"}),
            ({"all": [{"key": "price", "gt": 0}, {"not": {"key": "sold", "exists": True}}]}, {"desk.md"}),
        ],
    )
    def test_find_what_they_admit_and_nothing_else(
        self, callers: Callers, shop: Json, where: Json, found: set[str]
    ) -> None:
        answer = callers.searcher.post(SEARCH, json=question(shop, "an offer", topK=20, filter={"where": where}))
        assert answer.status_code == 200, answer.text
        assert {hit["fileName"] for hit in answer.json()["results"]} == found

    def test_are_said_in_an_explanation(self, callers: Callers, shop: Json) -> None:
        where = {"where": {"key": "price", "gte": 2}}
        answer = callers.searcher.post(SEARCH, json=question(shop, "an offer", filter=where, explain=True)).json()
        assert answer["explanation"]["filters"] == ["metadata.price ≥ 2"]

    def test_that_leave_nothing_are_refused_with_the_key(self, callers: Callers, shop: Json) -> None:
        where = {"where": {"key": "price", "gte": 9, "lte": 1}}
        answer = callers.searcher.post(SEARCH, json=question(shop, "an offer", filter=where))
        assert answer.status_code == 400
        assert "'price'" in answer.text


class TestSearching:
    def test_needs_a_key(self, client: TestClient, handbook: Json) -> None:
        assert client.post(SEARCH, json=question(handbook)).status_code == 401

    def test_is_forbidden_to_a_key_that_may_only_read(self, callers: Callers, handbook: Json) -> None:
        assert callers.reader.post(SEARCH, json=question(handbook)).status_code == 403

    def test_of_no_dataset_is_not_found(self, callers: Callers, handbook: Json) -> None:
        body = {"query": "x", "datasetIds": [handbook["id"], "01JX0000000000000000000000"]}
        assert callers.searcher.post(SEARCH, json=body).status_code == 404

    def test_of_a_dataset_that_an_agent_may_not_use_is_not_found(self, callers: Callers, handbook: Json) -> None:
        assert callers.agent("copywriter").post(SEARCH, json=question(handbook)).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"query": ""}, "query"),
            ({"query": " \n"}, "query"),
            ({"query": None}, "query"),
            ({"datasetIds": []}, "datasetIds"),
            ({"datasetIds": "all"}, "datasetIds"),
            ({"topK": 0}, "topK"),
            ({"topK": 21}, "topK"),
            ({"topK": 2.5}, "topK"),
            ({"hybridAlpha": 1.1}, "hybridAlpha"),
            ({"hybridAlpha": -0.1}, "hybridAlpha"),
            ({"minScore": 2}, "minScore"),
            ({"rerank": "yes"}, "rerank"),
            ({"filter": {"sources": ["rumour"]}}, "filter.sources[0]"),
            ({"filter": {"metadata": {"topic": 5}}}, "filter.metadata.topic"),
            ({"filter": {"publishedAfter": "yesterday"}}, "filter.publishedAfter"),
            ({"filter": {"publishedAfter": 1700000000}}, "filter.publishedAfter"),
            ({"filter": {"tenantId": "other"}}, "filter.tenantId"),
            ({"tenantId": "other"}, "tenantId"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, callers: Callers, handbook: Json, change: Json, field: str) -> None:
        answer = callers.searcher.post(SEARCH, json={**question(handbook), **change})
        assert answer.status_code == 400, answer.text
        assert field in {detail["field"] for detail in error_of(answer)["details"]}

    def test_finds_by_meaning(self, callers: Callers, handbook: Json) -> None:
        answer = callers.searcher.post(SEARCH, json=question(handbook))
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"results", "searchMs"}
        best = body["results"][0]
        assert set(best) == {
            "chunkId", "fileId", "fileName", "datasetId", "content", "score", "rankSource", "metadata"
        }  # fmt: skip
        assert best["fileName"] == "leave.md"
        assert best["datasetId"] == handbook["id"]
        assert 0 < best["score"] <= 1
        assert best["metadata"] == {"heading": "Leave"}
        assert body["searchMs"] > 0

    def test_finds_by_words(self, callers: Callers, handbook: Json) -> None:
        body = question(handbook, "KX-4711", hybridAlpha=0.0)
        best = callers.searcher.post(SEARCH, json=body).json()["results"][0]
        assert (best["fileName"], best["rankSource"]) == ("security.md", "keyword")

    def test_gives_at_most_top_k(self, callers: Callers, handbook: Json) -> None:
        assert len(callers.searcher.post(SEARCH, json=question(handbook, topK=2)).json()["results"]) == 2

    def test_leaves_out_what_scores_less_than_asked(self, callers: Callers, handbook: Json) -> None:
        results = callers.searcher.post(SEARCH, json=question(handbook, minScore=1.0)).json()["results"]
        assert all(result["score"] == 1.0 for result in results)

    @pytest.mark.parametrize(
        ("condition", "names"),
        [
            ({"metadata": {"topic": "travel"}}, {"travel.md"}),
            ({"metadata": {"topic": ["travel", "people"]}}, {"travel.md", "leave.md"}),
            ({"sources": ["upload"]}, set(FILES)),
            ({"sources": ["website_crawl"]}, set()),
            ({"exclude": {"metadata": {"topic": "travel"}}}, {"leave.md", "security.md"}),
            ({"exclude": {"metadata": {"topic": ["travel", "people"]}}}, {"security.md"}),
            (
                {"metadata": {"topic": ["travel", "people"]}, "exclude": {"metadata": {"topic": "people"}}},
                {"travel.md"},
            ),
            ({"exclude": {"sources": ["upload"]}}, set()),
            ({"exclude": {}}, set(FILES)),
            ({"publishedAfter": "2020-01-01", "publishedBefore": "2020-12-31T00:00:00+02:00"}, set()),
            ({}, set(FILES)),
        ],
    )
    def test_keeps_to_its_conditions(self, callers: Callers, handbook: Json, condition: Json, names: set[str]) -> None:
        answer = callers.searcher.post(SEARCH, json=question(handbook, filter=condition))
        assert {result["fileName"] for result in answer.json()["results"]} == names

    def test_keeps_to_the_files_named(self, callers: Callers, handbook: Json) -> None:
        files = callers.admin.get(path_of(handbook)).json()["files"]
        chosen = next(file["id"] for file in files if file["fileName"] == "travel.md")
        answer = callers.searcher.post(SEARCH, json=question(handbook, filter={"fileIds": [chosen]}))
        assert {result["fileId"] for result in answer.json()["results"]} == {chosen}

    def test_does_not_find_a_file_that_is_off_or_gone(self, callers: Callers, handbook: Json) -> None:
        file = callers.admin.upload(handbook, "parking.md", "# Parking\n\nCars stand in row seven.")
        callers.admin.settled(handbook, file["id"])
        path = f"{path_of(handbook)}/files/{file['id']}"

        def found() -> bool:
            results = callers.searcher.post(SEARCH, json=question(handbook, "where do cars stand")).json()["results"]
            return file["id"] in {result["fileId"] for result in results}

        assert found()
        callers.admin.patch(path, json={"enabled": False})
        assert not found()
        callers.admin.patch(path, json={"enabled": True})
        assert found()
        callers.admin.delete(path)
        assert not found()
