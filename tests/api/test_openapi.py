"""The document that clients are generated from, and the pages that show it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

Json = dict[str, Any]
ERRORS = {"400", "401", "403", "404", "409", "413", "500", "503"}


@pytest.fixture(scope="module")
def document(client: TestClient) -> Json:
    body: Json = client.get("/openapi.json").json()
    return body


def operations(document: Json) -> list[tuple[str, Json]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


class TestTheDocument:
    def test_has_every_documented_operation(self, document: Json) -> None:
        base = "/dashboard/v1/knowledge-base"
        expected = {
            f"GET {base}/datasets",
            f"POST {base}/datasets",
            f"GET {base}/datasets/{{datasetId}}",
            f"DELETE {base}/datasets/{{datasetId}}",
            f"PATCH {base}/datasets/{{datasetId}}/config",
            f"POST {base}/datasets/{{datasetId}}/re-index",
            f"POST {base}/datasets/{{datasetId}}/files/upload",
            f"GET {base}/datasets/{{datasetId}}/files/{{fileId}}",
            f"PATCH {base}/datasets/{{datasetId}}/files/{{fileId}}",
            f"DELETE {base}/datasets/{{datasetId}}/files/{{fileId}}",
            f"GET {base}/datasets/{{datasetId}}/files/{{fileId}}/status",
            f"GET {base}/datasets/{{datasetId}}/files/{{fileId}}/chunks",
            f"GET {base}/datasets/{{datasetId}}/files/{{fileId}}/content",
            f"POST {base}/search",
        }
        assert expected <= {name for name, _ in operations(document)}

    def test_gives_each_operation_a_name_of_its_own(self, document: Json) -> None:
        names = [operation["operationId"] for _, operation in operations(document)]
        assert len(set(names)) == len(names)
        surface = [op["operationId"] for name, op in operations(document) if " /dashboard/v1/" in name]
        assert all(name.startswith("dashboard") for name in surface)

    def test_words_every_error_in_the_envelope(self, document: Json) -> None:
        for name, operation in operations(document):
            for status in ERRORS & set(operation["responses"]) if " /dashboard" in name else ():
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorEnvelope"}, f"{name} {status}"

    def test_announces_none_of_the_frameworks_errors(self, document: Json) -> None:
        assert "HTTPValidationError" not in json.dumps(document)

    def test_refers_only_to_what_it_defines(self, document: Json) -> None:
        referred = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)))
        assert {name.removeprefix("components/schemas/") for name in referred} <= set(document["components"]["schemas"])

    def test_describes_every_operation(self, document: Json) -> None:
        assert all(operation["summary"] and operation["tags"] for _, operation in operations(document))

    def test_describes_the_upload_as_a_form_with_files(self, document: Json) -> None:
        path = "/dashboard/v1/knowledge-base/datasets/{datasetId}/files/upload"
        form = document["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        assert set(form["properties"]) == {
            "files", "chunkSize", "chunkOverlap", "parseType", "parserEngine", "source", "metadata",
            "onlyMainContent"
        }  # fmt: skip
        assert form["required"] == ["files"]

    def test_says_the_published_limits_of_a_search(self, document: Json) -> None:
        fields = document["components"]["schemas"]["SearchQuestion"]["properties"]
        assert (fields["topK"]["default"], fields["topK"]["maximum"]) == (5, 20)
        assert (fields["hybridAlpha"]["default"], fields["hybridAlpha"]["maximum"]) == (0.7, 1)


class TestThePages:
    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_need_nothing_from_outside(self, client: TestClient, path: str) -> None:
        page = client.get(path)
        assert page.status_code == 200
        sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert sources
        assert all(source.startswith("/docs/assets/") for source in sources)
        assert {client.get(source).status_code for source in sources} == {200}

    def test_allow_their_own_inline_script_and_no_other(self, client: TestClient) -> None:
        policy = client.get("/docs").headers["content-security-policy"]
        assert re.search(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='", policy)

    def test_do_not_open_the_way_to_other_files(self, app: FastAPI, client: TestClient) -> None:
        assert client.get("/docs/assets/%2e%2e/__init__.py").status_code in {401, 404}
