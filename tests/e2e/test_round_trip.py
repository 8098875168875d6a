"""A dataset goes to a cluster and comes back. With 200 questions: `python -m tests.e2e.round_trip`."""

from __future__ import annotations

import pytest

from tests.e2e.round_trip import run

QUERIES = 50


class TestRoundTrip:
    @pytest.mark.timeout(300)
    def test_to_a_cluster_and_back_gives_the_same_answers_to_every_query(self, pg_url: str) -> None:
        outcome = run(files=8, queries=QUERIES, database_url=pg_url)
        assert outcome.queries == QUERIES
        assert outcome.is_well, outcome.line()
