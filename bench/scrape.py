"""A server's own measurements of its searches, from GET /metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

FAMILY = "cairn_search_seconds"


@dataclass(frozen=True, slots=True)
class SearchTimes:
    """Sums of seconds by stage over `searches` searches."""

    searches: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)

    def since(self, earlier: SearchTimes) -> SearchTimes:
        stages = {stage: total - earlier.seconds.get(stage, 0.0) for stage, total in self.seconds.items()}
        return SearchTimes(self.searches - earlier.searches, stages)

    def mean_ms(self, stage: str) -> float:
        """0 for a stage that was not measured; ZeroDivisionError before the first search."""
        return self.seconds.get(stage, 0.0) * 1000 / self.searches

    @property
    def rest_ms(self) -> float:
        """The mean of what is neither the query's embedding nor the engine's own search nor reranking."""
        return self.mean_ms("total") - sum(self.mean_ms(stage) for stage in ("embed", "engine", "rerank"))


def read_search_times(exposition: str) -> SearchTimes:
    counts: defaultdict[str, int] = defaultdict(int)
    seconds: dict[str, float] = {}
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples if family.name == FAMILY else ():
            stage = sample.labels["stage"]
            if sample.name == f"{FAMILY}_count":
                counts[stage] = int(sample.value)
            if sample.name == f"{FAMILY}_sum":
                seconds[stage] = sample.value
    return SearchTimes(counts["total"], seconds)
