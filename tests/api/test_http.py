"""What every request has: an id, a line in the log, headers for browsers, a bound on its body."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from starlette.testclient import TestClient

from tests.api.callers import Callers, error_of

DATASETS = "/dashboard/v1/knowledge-base/datasets"


class TestRequestIds:
    def test_are_taken_over(self, client: TestClient) -> None:
        assert client.get("/health", headers={"X-Request-Id": "trace-1.b_C"}).headers["x-request-id"] == "trace-1.b_C"

    @pytest.mark.parametrize("given", [b"", b"a b", b"x" * 65, "ü".encode(), b"a\tb"])
    def test_are_made_where_there_is_none_that_can_be_logged(self, client: TestClient, given: bytes) -> None:
        made = client.get("/health", headers={b"X-Request-Id": given}).headers["x-request-id"]
        assert len(made) == 26

    def test_stand_in_errors(self, callers: Callers) -> None:
        answer = callers.admin.get(f"{DATASETS}/none", headers={"X-Request-Id": "trace-2"})
        assert error_of(answer)["requestId"] == "trace-2"


class TestTheAccessLog:
    def test_has_route_status_and_duration_and_neither_query_nor_key(self, callers: Callers) -> None:
        with structlog.testing.capture_logs() as events:
            callers.admin.get(f"{DATASETS}/some/files/other/chunks", params={"cursor": "private"})
        event = next(event for event in events if event["event"] == "http.request")
        assert event["route"] == f"{DATASETS}/{{datasetId}}/files/{{fileId}}/chunks"
        assert event["status"] in {400, 404}
        assert event["duration_ms"] > 0
        assert "private" not in str(events)
        assert callers.admin.headers["Authorization"].removeprefix("Bearer ") not in str(events)


class TestHeaders:
    def test_keep_browsers_from_guessing_framing_and_storing(self, callers: Callers) -> None:
        headers = callers.admin.get(DATASETS).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]

    def test_stand_on_refusals_too(self, client: TestClient) -> None:
        assert client.get(DATASETS).headers["x-content-type-options"] == "nosniff"


class TestBodies:
    def test_beyond_the_bound_are_refused_by_their_declared_length(self, callers: Callers) -> None:
        answer = callers.admin.post(DATASETS, content=b"x" * 1_100_000, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert error_of(answer)["code"] == "PAYLOAD_TOO_LARGE"
        assert answer.headers["connection"] == "close"

    def test_without_a_declared_length_are_counted(self, callers: Callers) -> None:
        def endless() -> Iterator[bytes]:
            for _ in range(20):
                yield b" " * 100_000

        answer = callers.admin.post(DATASETS, content=endless(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert error_of(answer)["code"] == "PAYLOAD_TOO_LARGE"

    def test_of_strangers_are_not_even_measured(self, client: TestClient) -> None:
        assert client.post(DATASETS, content=b"x" * 2_000_000).status_code == 401
