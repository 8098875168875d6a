"""Nothing is served without a key but what is named open."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.routes import operations
from api.ui.console import LINKS
from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json, error_of, path_of

OPEN = {"/", "/health", "/ready", "/version", "/metrics", "/docs", "/redoc", "/openapi.json", "/docs/assets", *LINKS}
ENTRANCE = {
    *(f"/api/auth/{name}" for name in ("register", "login", "forgot-password", "refresh", "reset-password", "ways")),
    *(f"/api/auth/oidc{rest}" for rest in ("", "/callback", "/tokens")),
    "/api/agent-runs/idle-check",
}
"""For who has no key yet; each that tries anything is slowed down for who tries too often. The last tells nothing."""

FLAT = ("/workspaces", "/admin/", "/approvals/", "/api/v1/")
"""Where errors are bare objects, but for the platform's public API."""

DATASETS = "/dashboard/v1/knowledge-base/datasets"


def _is_flat(path: str) -> bool:
    return path.startswith(FLAT) and not path.startswith("/api/v1/public/")


class TestEveryRoute:
    def test_answers_401_without_a_key(self, app: FastAPI, client: TestClient) -> None:
        asked = []
        for operation in operations(app):
            if operation.template in OPEN | ENTRANCE or operation.template.startswith("/console/"):
                continue
            path = operation.template.replace("{datasetId}", "some").replace("{fileId}", "some")
            for method in operation.methods:
                answer = client.request(method, path)
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
                assert answer.headers["www-authenticate"].startswith("Bearer")
                body = answer.json()
                error = body if _is_flat(operation.template) else body["error"]
                assert error["code"] == "UNAUTHENTICATED"
                asked.append(path)
        assert len(asked) >= 14

    def test_is_in_the_openapi_document_with_its_need_of_a_key(self, app: FastAPI) -> None:
        for path, item in app.openapi()["paths"].items():
            for method, operation in item.items():
                needs_key = path not in OPEN | ENTRANCE
                assert ("security" in operation) == needs_key, f"{method} {path}"

    def test_that_is_open_needs_no_key(self, client: TestClient) -> None:
        assert {client.get(path).status_code for path in OPEN - {"/docs/assets"}} == {200}

    def test_below_the_open_root_is_closed(self, client: TestClient) -> None:
        for path in ("/anything", "/dashboard", "/index.html", "/console"):
            assert client.get(path).status_code == 401, path


class TestCredentials:
    @pytest.mark.parametrize(
        "header", ["Bearer", "Bearer ", "Basic YTpi", "Bearer not-a-key", "ck_token-without-a-scheme", "Bearer \xe9"]
    )
    def test_of_another_kind_are_refused(self, client: TestClient, header: str) -> None:
        answer = client.get(DATASETS, headers={b"Authorization": header.encode("latin-1")})
        assert answer.status_code == 401
        assert error_of(answer)["code"] == "UNAUTHENTICATED"
        assert "not-a-key" not in answer.text

    def test_are_understood_whatever_the_case_of_the_scheme(self, callers: Callers, client: TestClient) -> None:
        token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
        assert client.get(DATASETS, headers={"Authorization": f"bearer {token}"}).status_code == 200

    def test_in_the_query_do_not_count(self, callers: Callers, client: TestClient) -> None:
        token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
        assert client.get(DATASETS, params={"token": token, "access_token": token}).status_code == 401

    def test_leave_a_note_of_their_use(self, callers: Callers, runtime: Runtime) -> None:
        caller = callers.with_key(role="reviewer", agent_role="note-taker")
        caller.get(DATASETS)
        with runtime.database.read() as session:
            keys = runtime.keys.list(session, callers.principal)
        used = next(key.last_used_at for key in keys if key.agent_role == "note-taker")
        assert used is not None


class TestOtherTenants:
    def test_see_and_change_nothing(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "ours.txt", "Nobody else may read this.")
        assert callers.stranger.get(DATASETS).json() == {"data": []}
        at, file_at = path_of(dataset), f"{path_of(dataset)}/files/{file['id']}"
        for method, path in [
            ("GET", at), ("DELETE", at), ("PATCH", f"{at}/config"), ("POST", f"{at}/re-index"), ("GET", file_at),
            ("PATCH", file_at), ("DELETE", file_at), ("GET", f"{file_at}/status"), ("GET", f"{file_at}/chunks"),
            ("GET", f"{file_at}/content"),
        ]:  # fmt: skip
            assert callers.stranger.request(method, path, json={}).status_code == 404, f"{method} {path}"
        upload = callers.stranger.post(f"{at}/files/upload", files=[("files", ("a.txt", b"a"))])
        assert upload.status_code == 404
        body = {"query": "read", "datasetIds": [dataset["id"]]}
        assert callers.stranger.post("/dashboard/v1/knowledge-base/search", json=body).status_code == 404


class TestUnknownPaths:
    def test_are_not_told_from_known_ones_without_a_key(self, client: TestClient) -> None:
        assert client.get("/dashboard/v1/nothing-here").status_code == 401
        assert client.get("/nothing-here").status_code == 401
        assert client.get("/docs/assets/../../etc/passwd").status_code in {401, 404}

    def test_are_404_in_the_envelope_with_one(self, callers: Callers) -> None:
        answer = callers.admin.get("/dashboard/v1/nothing-here")
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "NOT_FOUND"
