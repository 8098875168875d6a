from __future__ import annotations

import pytest

from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.messages import Measured

POLICY = CompactionPolicy(plain_limit=1000, dead_share=0.3, dead_least=100)


class TestIsDue:
    @pytest.mark.parametrize(
        ("measured", "due"),
        [
            (Measured(points=100, graphed=0, dead=99), False),
            (Measured(points=100, graphed=0, dead=100), True),
            (Measured(points=900, graphed=0, dead=300), False),
            (Measured(points=1000, graphed=0, dead=0), False),
            (Measured(points=1001, graphed=0, dead=0), True),
            (Measured(points=1500, graphed=1001, dead=0), False),
            (Measured(points=2002, graphed=1001, dead=0), True),
        ],
        ids=["few dead", "many dead", "small share", "at the limit", "no graph", "graph covers most", "graph outgrown"],
    )
    def test_looks_at_dead_points_and_at_points_outside_the_graph(self, measured: Measured, due: bool) -> None:
        assert POLICY.is_due(measured) is due
