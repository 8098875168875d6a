"""Datasets and searches in figures: they add up, and tell nobody of what he may not see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from orchestration.runtime import Runtime
from retrieval.records.models import SearchRecord
from tests.api.callers import Caller, Callers, Json, error_of, path_of

KB = "/dashboard/v1/knowledge-base"
TEA = "# Tea\n\nGreen tea is steeped for two minutes."


@pytest.fixture(scope="module")
def shelf(callers: Callers) -> Iterator[Json]:
    made: Json = callers.admin.post(
        f"{KB}/datasets", json={"name": f"figures {uuid4()}", "allowedAgentRoles": ["writer"]}
    ).json()
    file = callers.admin.upload(made, "tea.md", TEA)
    callers.admin.settled(made, file["id"])
    yield made
    callers.admin.delete(path_of(made))


def figures(caller: Caller, dataset: Json) -> Json | None:
    answer = caller.get(f"{KB}/overview")
    assert answer.status_code == 200, answer.text
    return next((one for one in answer.json()["data"] if one["datasetId"] == dataset["id"]), None)


class TestOverview:
    def test_needs_a_key_that_may_read(self, callers: Callers) -> None:
        answer = callers.searcher.get(f"{KB}/overview")
        assert answer.status_code == 403
        assert "knowledge:read" in error_of(answer)["message"]

    def test_says_what_a_dataset_holds_and_how_fresh_it_is(self, callers: Callers, shelf: Json) -> None:
        found = figures(callers.reader, shelf)
        assert found is not None
        assert (found["files"], found["filesFailed"], found["filesBuilding"]) == (1, 0, 0)
        assert found["originalBytes"] == len(TEA.encode())
        assert found["passages"] >= 1
        assert 0 < found["textCharacters"] <= len(TEA)
        assert found["vectorBytes"] == found["passages"] * shelf["vectorSize"] * 4
        age = datetime.now(UTC) - datetime.fromisoformat(found["indexedAt"])
        assert timedelta(0) <= age < timedelta(minutes=10)
        assert found["crawledAt"] is None

    def test_counts_questions_and_those_that_were_answered(self, callers: Callers, shelf: Json) -> None:
        before = figures(callers.reader, shelf)
        assert before is not None
        for query, least in (("how long is green tea steeped", 0.0), ("how long is green tea steeped", 1.0)):
            request = {"query": query, "datasetIds": [shelf["id"]], "minScore": least}
            assert callers.searcher.post(f"{KB}/search", json=request).status_code == 200
        after = figures(callers.reader, shelf)
        assert after is not None
        assert after["questions"] - before["questions"] == 2
        assert after["questionsAnswered"] - before["questionsAnswered"] == 1
        assert len(after["questionsByDay"]) == 30
        assert sum(after["questionsByDay"]) == after["questions"]
        assert after["questionsByDay"][-1] >= 2

    def test_leaves_out_what_the_key_may_not_see(self, callers: Callers, shelf: Json, dataset: Json) -> None:
        assert figures(callers.stranger, shelf) is None
        narrowed = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        assert figures(narrowed, shelf) is None
        assert figures(narrowed, dataset) is not None
        searched = {"query": "tea", "datasetIds": [shelf["id"], dataset["id"]]}
        callers.admin.post(f"{KB}/search", json=searched)
        seen = figures(narrowed, dataset)
        assert seen is not None
        assert seen["questions"] == 0, "a search that looked elsewhere as well is not for this key"

    def test_refuses_days_that_are_none(self, callers: Callers) -> None:
        answer = callers.reader.get(f"{KB}/overview", params={"days": 0})
        assert answer.status_code == 400
        assert error_of(answer)["details"][0]["field"] == "days"


class TestLatency:
    def test_cuts_time_into_slots_that_hold_every_search(self, callers: Callers, shelf: Json) -> None:
        callers.searcher.post(f"{KB}/search", json={"query": "tea", "datasetIds": [shelf["id"]]})
        found = callers.reader.get(f"{KB}/search-latency", params={"hours": 2, "slots": 4}).json()
        assert len(found["data"]) == 4
        assert found["searches"] == sum(slot["searches"] for slot in found["data"]) >= 1
        last = found["data"][-1]
        assert 0 < last["medianMs"] <= last["p95Ms"] <= last["slowestMs"]
        starts = [datetime.fromisoformat(slot["since"]) for slot in found["data"]]
        assert {second - first for first, second in pairwise(starts)} == {timedelta(minutes=30)}

    def test_gives_times_that_searches_took_by_nearest_rank(
        self, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        now = datetime.now(UTC)
        with runtime.database.write() as session:
            for number in range(20):
                session.add(
                    _record(callers.principal.tenant_id, dataset["id"], at=now - timedelta(hours=250), number=number)
                )
        narrowed = callers.with_key(role="member", dataset_ids=[dataset["id"]])
        found = narrowed.get(f"{KB}/search-latency", params={"hours": 400, "slots": 4}).json()
        [slot] = [slot for slot in found["data"] if slot["searches"]]
        assert (slot["searches"], slot["medianMs"], slot["p95Ms"], slot["slowestMs"]) == (20, 10.0, 19.0, 20.0)
        assert slot == found["data"][1]

    def test_has_none_of_others(self, callers: Callers, shelf: Json) -> None:
        callers.searcher.post(f"{KB}/search", json={"query": "tea", "datasetIds": [shelf["id"]]})
        assert callers.stranger.get(f"{KB}/search-latency").json()["searches"] == 0


def _record(tenant: str, dataset: str, *, at: datetime, number: int) -> SearchRecord:
    return SearchRecord(
        id=f"01AAAAAAAAAAAAAAAAAAAAAA{number:02}", tenant_id=tenant, key_id="k", key_name="k", at=at, query="q",
        dataset_ids=[dataset], request={}, results=[], found=0, top_score=0.0, total_ms=float(number + 1),
        embed_ms=0.0, engine_ms=0.0, rerank_ms=0.0,
    )  # fmt: skip
