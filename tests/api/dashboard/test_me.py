"""Whose key it is."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.api.callers import Callers

ME = "/dashboard/v1/me"


class TestMe:
    def test_names_the_key_its_role_and_what_it_may_do(self, callers: Callers) -> None:
        body = callers.reviewer.get(ME).json()
        assert body["role"] == "reviewer"
        assert body["name"].startswith("reviewer")
        assert body["scopes"] == ["knowledge:read", "knowledge:search"]
        assert (body["agentRole"], body["datasetIds"]) == (None, None)

    def test_says_only_what_key_and_role_both_allow(self, callers: Callers) -> None:
        everything = ["knowledge:read", "knowledge:search", "knowledge:write", "knowledge:manage"]
        narrowed = callers.with_key(role="reviewer", scopes=["knowledge:read"])
        assert narrowed.get(ME).json()["scopes"] == ["knowledge:read"]
        assert callers.admin.get(ME).json()["scopes"] == sorted(everything)

    def test_may_be_asked_with_any_key(self, callers: Callers) -> None:
        assert callers.searcher.get(ME).json()["scopes"] == ["knowledge:search"]
        assert callers.agent("writer").get(ME).json()["agentRole"] == "writer"

    def test_says_the_limits_that_a_client_can_check_itself(self, callers: Callers) -> None:
        body = callers.admin.get(ME).json()
        assert body["uploads"] == {"maxFiles": 20, "maxFileBytes": 1_000_000, "maxBatchBytes": 3_000_000}
        assert body["defaults"]["chunkSize"] == 512
        assert (body["defaults"]["topK"], body["defaults"]["maxTopK"]) == (5, 20)

    def test_names_what_the_installation_offers(self, callers: Callers, client: TestClient) -> None:
        documented = {
            operation["operationId"]
            for path, item in client.get("/openapi.json").json()["paths"].items()
            for operation in item.values()
        }
        assert set(callers.admin.get(ME).json()["operations"]) == documented
