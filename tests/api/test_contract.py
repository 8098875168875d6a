"""The operations about identity and work are as documented: paths, statuses, bodies, queries, envelopes, errors."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json
from tests.api.contract import COMMAND_CENTER, DASHBOARD, PLATFORM, WORKSPACES, Documented, Field, documented

ALL = [
    *documented(PLATFORM, base="/api"), *documented(WORKSPACES, base=""),
    *documented(DASHBOARD, base="/dashboard/v1"), *documented(COMMAND_CENTER, base="/api/v1"),
]  # fmt: skip
ENVELOPES = {
    "/api/v1/public": "PlatformErrorEnvelope",
    "/api/v1": "CommandCenterError", "/api": "PlatformErrorEnvelope", "/dashboard/v1": "ErrorEnvelope",
}  # fmt: skip
UNKNOWN = "01KAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Json:
    found: Json = app.openapi()
    return found


def operation(document: Json, one: Documented) -> Json:
    item = document["paths"].get(one.path, {})
    assert one.method.lower() in item, f"{one} is not offered"
    found: Json = item[one.method.lower()]
    return found


def resolved(document: Json, schema: Json) -> Json:
    if "$ref" in schema:
        return resolved(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    options = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    return resolved(document, options[0]) if len(options) == 1 else schema


def choices(document: Json, schema: Json) -> frozenset[str]:
    return frozenset(resolved(document, schema).get("enum", ()))


@pytest.mark.parametrize("one", ALL, ids=str)
class TestEachOperation:
    def test_answers_with_the_documented_statuses(self, document: Json, one: Documented) -> None:
        statuses = set(operation(document, one)["responses"])
        assert {str(one.status), *one.others} <= statuses
        assert {status for status in statuses if status.startswith("2")} == {str(one.status)}

    def test_words_errors_as_its_surface_does(self, document: Json, one: Documented) -> None:
        expected = next((name for base, name in ENVELOPES.items() if one.path.startswith(base)), "WorkspaceError")
        for status, answer in operation(document, one)["responses"].items():
            if status.startswith("4") or status == "503":
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": f"#/components/schemas/{expected}"}, status

    def test_takes_the_documented_body(self, document: Json, one: Documented) -> None:
        content = operation(document, one).get("requestBody", {}).get("content", {})
        schema = resolved(document, content["application/json"]["schema"]) if content else {}
        properties: dict[str, Any] = schema.get("properties", {})
        for field in one.body:
            assert field.name in properties
            _check_choices(document, field, properties[field.name])
        assert set(schema.get("required", ())) == {field.name for field in one.body if field.required}

    def test_takes_the_documented_query(self, document: Json, one: Documented) -> None:
        given = {p["name"]: p for p in operation(document, one).get("parameters", ()) if p["in"] == "query"}
        assert set(given) == {field.name for field in one.query}
        for field in one.query:
            assert bool(given[field.name].get("required")) is field.required
            _check_choices(document, field, given[field.name]["schema"])

    def test_answers_in_its_envelope(self, document: Json, one: Documented) -> None:
        answer = operation(document, one)["responses"][str(one.status)]
        if one.envelope == "none":
            assert "content" not in answer
            return
        media = {"stream": "text/event-stream", "feed": "application/rss+xml"}.get(one.envelope)
        if media is not None:
            assert set(answer["content"]) == {media}
            return
        schema = resolved(document, answer["content"]["application/json"]["schema"])
        names = set(schema["properties"])
        expected = {"data": {"data"}, "page": {"data", "meta"}, "done": {"data", "meta"}}
        if one.envelope == "cursor":
            assert names == {"data", "pagination"}
        elif one.envelope == "bare":
            assert "data" not in names
        else:
            assert names == expected[one.envelope]
        if one.envelope == "page":
            assert resolved(document, schema["properties"]["data"])["type"] == "array"

    def test_asks_for_a_key_unless_it_lets_people_in(self, client: TestClient, document: Json, one: Documented) -> None:
        is_open = one.path in {
            "/api/auth/register", "/api/auth/login", "/api/auth/forgot-password", "/api/agent-runs/idle-check"
        }  # fmt: skip
        assert ("security" in operation(document, one)) is not is_open
        path = one.path.format(
            **dict.fromkeys(
                (
                    "orgId",
                    "keyId",
                    "userId",
                    "tokenId",
                    "token",
                    "activityId",
                    "approvalId",
                    "taskId",
                    "agentRole",
                    "conversationId",
                    "task_id",
                    "project_id",
                    "blocker_id",
                    "scheduleId",
                    "name",
                ),
                UNKNOWN,
            ),
            id="1",
        )
        answer = client.request(one.method, path, json={})
        assert answer.status_code == (400 if is_open else 401), answer.text


def _check_choices(document: Json, field: Field, schema: Json) -> None:
    if field.choices:
        assert choices(document, schema) == field.choices, field.name


class TestTheLoginResponse:
    def test_has_the_documented_fields(self, document: Json) -> None:
        schemas = document["components"]["schemas"]
        assert set(schemas["LoginResponse"]["properties"]) == {"success", "token", "refresh_token", "user"}
        assert set(schemas["PlatformUser"]["properties"]) == {
            "id", "username", "email", "role", "avatar_url", "created_at"
        }  # fmt: skip


class TestWhatWasRemoved:
    def test_is_not_there(self, client: TestClient, callers: Callers) -> None:
        """Minting a token without a key was taken out of the contract."""
        path = f"/admin/workspaces/{UNKNOWN}/test-token"
        assert client.get(path).status_code == 401
        assert callers.admin.get(path).status_code == 404
