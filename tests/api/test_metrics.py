"""What Prometheus is told."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.metrics import RECENT_SEARCHES, Metrics, RecentSearches, nearest_rank
from retrieval.search.types import SearchResult
from tests.api.callers import Callers


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def result(milliseconds: float) -> SearchResult:
    return SearchResult(hits=(), total_ms=milliseconds, embed_ms=2.0, engine_ms=3.0, rerank_ms=0.0)


class TestTheScrape:
    def test_counts_requests_by_route_template(self, callers: Callers, client: TestClient) -> None:
        callers.admin.get("/dashboard/v1/knowledge-base/datasets/none")
        callers.admin.request("BREW", "/coffee")
        counted = samples(client.get("/metrics").text)
        template = "/dashboard/v1/knowledge-base/datasets/{datasetId}"
        assert counted["cairn_http_requests_total", (("method", "GET"), ("route", template), ("status", "404"))] >= 1
        assert (
            counted["cairn_http_requests_total", (("method", "OTHER"), ("route", "unmatched"), ("status", "404"))] >= 1
        )
        assert counted["cairn_http_request_seconds_count", (("method", "GET"), ("route", template))] >= 1

    def test_has_prometheus_own_content_type(self, client: TestClient) -> None:
        assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=")


class TestSearches:
    def test_are_timed_by_stage_and_in_quantiles(self) -> None:
        metrics = Metrics(job_counts=lambda: {("parse", "queued"): 3})
        for milliseconds in range(1, 101):
            metrics.observe_search(result(milliseconds))
        counted = samples(metrics.exposition().decode())
        assert counted["cairn_search_seconds_count", (("stage", "engine"),)] == 100
        assert counted["cairn_search_seconds_sum", (("stage", "embed"),)] == pytest.approx(0.2)
        quantiles = [counted["cairn_search_recent_seconds", (("quantile", q),)] for q in ("0.5", "0.95", "0.99")]
        assert quantiles == pytest.approx([0.050, 0.095, 0.099])
        assert counted["cairn_jobs", (("queue", "parse"), ("state", "queued"))] == 3

    def test_that_are_long_past_do_not_count(self) -> None:
        recent = RecentSearches()
        for seconds in [9.0] * RECENT_SEARCHES + [1.0] * RECENT_SEARCHES:
            recent.add(seconds)
        values = [sample.value for family in recent.collect() for sample in family.samples]
        assert values == [1.0, 1.0, 1.0]

    def test_that_never_happened_have_no_quantiles(self) -> None:
        assert [sample for family in RecentSearches().collect() for sample in family.samples] == []


class TestNearestRank:
    @pytest.mark.parametrize(
        ("values", "quantile", "expected"),
        [([1.0], 0.5, 1.0), ([1.0, 2.0], 0.5, 1.0), ([1.0, 2.0, 3.0], 0.5, 2.0), ([1.0, 2.0], 0.99, 2.0)],
    )
    def test_is_the_smallest_value_that_covers_the_share(
        self, values: list[float], quantile: float, expected: float
    ) -> None:
        assert nearest_rank(values, quantile) == expected
