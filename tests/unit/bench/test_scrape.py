from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest

from bench.scrape import FAMILY, SearchTimes, read_search_times


@pytest.fixture
def exposition() -> str:
    registry = CollectorRegistry()
    histogram = Histogram(FAMILY, "Time", ("stage",), registry=registry)
    for stage, times in {"embed": (0.004, 0.006), "engine": (0.02, 0.03), "total": (0.03, 0.04)}.items():
        for seconds in times:
            histogram.labels(stage=stage).observe(seconds)
    Histogram("other_seconds", "Other", ("stage",), registry=registry).labels(stage="total").observe(9)
    return generate_latest(registry).decode()


class TestReadSearchTimes:
    def test_finds_nothing_before_the_first_search(self) -> None:
        assert read_search_times("") == SearchTimes()

    def test_reads_sums_by_stage(self, exposition: str) -> None:
        times = read_search_times(exposition)
        assert times.searches == 2
        assert times.seconds == pytest.approx({"embed": 0.01, "engine": 0.05, "total": 0.07})


class TestSearchTimes:
    def test_tells_what_neither_the_model_nor_the_engine_took(self, exposition: str) -> None:
        times = read_search_times(exposition)
        assert times.mean_ms("engine") == pytest.approx(25)
        assert times.rest_ms == pytest.approx(5)

    def test_leaves_out_what_was_before(self) -> None:
        times = SearchTimes(3, {"total": 0.5}).since(SearchTimes(1, {"total": 0.1}))
        assert times.searches == 2
        assert times.mean_ms("total") == pytest.approx(200)
