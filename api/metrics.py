"""What the process counts about itself, in Prometheus' terms. One registry for each app."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ingest.files.types import UploadReceipt
from retrieval.search.types import SearchResult

RECENT_SEARCHES = 1000
QUANTILES = (0.5, 0.95, 0.99)
CONTENT_TYPE = CONTENT_TYPE_LATEST

# Seconds. A search answers in a few milliseconds to a few hundred, an upload of 200 MB takes many seconds.
_HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SEARCH_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

JobCounts = Callable[[], Mapping[tuple[str, str], int]]
"""Jobs by (queue, state)."""


class Metrics:
    def __init__(self, *, job_counts: JobCounts) -> None:
        self._registry = CollectorRegistry()
        self._recent = RecentSearches()
        for collector in (self._recent, JobCollector(job_counts)):
            self._registry.register(collector)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "cairn_http_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self._request_seconds = Histogram(
            "cairn_http_request_seconds", "Time to the end of the answer", ("method", "route"),
            buckets=_HTTP_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._search_seconds = Histogram(
            "cairn_search_seconds", "Time of a search, by stage", ("stage",),
            buckets=_SEARCH_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._received = Counter(
            "cairn_files_received", "Uploaded files, by what became of them", ("outcome",), registry=self._registry
        )

    def observe_request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        method = method if method in _METHODS else "OTHER"
        self._requests.labels(method=method, route=route, status=str(status)).inc()
        self._request_seconds.labels(method=method, route=route).observe(seconds)

    def observe_search(self, result: SearchResult) -> None:
        stages = {
            "embed": result.embed_ms,
            "engine": result.engine_ms,
            "rerank": result.rerank_ms,
            "total": result.total_ms,
        }
        for stage, milliseconds in stages.items():
            self._search_seconds.labels(stage=stage).observe(milliseconds / 1000)
        self._recent.add(result.total_ms / 1000)

    def observe_upload(self, receipt: UploadReceipt) -> None:
        for file in receipt.uploaded:
            self._received.labels(outcome=file.outcome.value).inc()
        self._received.labels(outcome="rejected").inc(len(receipt.rejected))

    def exposition(self) -> bytes:
        """The text that a Prometheus server scrapes."""
        return generate_latest(self._registry)


class RecentSearches(Collector):
    """Exact quantiles over the last searches of this process; a histogram's are as coarse as its buckets."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=RECENT_SEARCHES)
        self._lock = Lock()

    def add(self, seconds: float) -> None:
        with self._lock:
            self._seconds.append(seconds)

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            ordered = sorted(self._seconds)
        family = GaugeMetricFamily(
            "cairn_search_recent_seconds",
            f"Quantiles of the whole time of the last {RECENT_SEARCHES} searches",
            labels=("quantile",),
        )
        for quantile in QUANTILES if ordered else ():
            family.add_metric((str(quantile),), nearest_rank(ordered, quantile))
        yield family


def nearest_rank(ordered: list[float], quantile: float) -> float:
    """The smallest value that at least `quantile` of all values do not exceed. `ordered` ascends and is not empty."""
    rank = -int(-quantile * len(ordered) // 1)  # rounded up
    return ordered[max(rank, 1) - 1]


class JobCollector(Collector):
    """Asks the queue when it is scraped."""

    def __init__(self, counts: JobCounts) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        return ()  # without it, registering would ask the queue, which may not be there yet

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily("cairn_jobs", "Jobs in the queue's table", labels=("queue", "state"))
        for (queue, state), count in sorted(self._counts().items()):
            family.add_metric((queue, state), count)
        yield family
