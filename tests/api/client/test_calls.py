"""What the clients send and expect is what the OpenAPI document offers."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from cairn_client import AsyncCairn, Cairn, calls
from cairn_client.calls import Call
from cairn_client.client import _Awaited, _Spoken

CALLS: dict[str, Call[Any]] = {
    "me": calls.me(),
    "list_datasets": calls.list_datasets(),
    "create_dataset": calls.create_dataset(
        "a", description="b", chunk_size=512, chunk_overlap=64, parse_type="MARKDOWN", allowed_agent_roles=["*"],
        redact=["email"], countries=["GB"], ocr_pages=5, only_main_content=False,
    ),
    "get_dataset": calls.get_dataset("d"),
    "delete_dataset": calls.delete_dataset("d"),
    "upload": calls.upload("d", [("a.md", b"a")], metadata={"colour": "red"}),
    "file_status": calls.file_status("d", "f"),
    "delete_file": calls.delete_file("d", "f"),
    "chunks": calls.chunks("d", "f", limit=5, cursor="c"),
    "search": calls.search(
        "q", ["d"], top_k=3, hybrid_alpha=0.5, min_score=0.1, rerank=True, where={"metadata": {"colour": "red"}}
    ),
    "list_keys": calls.list_keys(),
    "create_key": calls.create_key(
        "k", scopes=["knowledge:read"], agent_role="a", dataset_ids=["d"], expires_at=datetime(2030, 1, 1, tzinfo=UTC),
        rate_limit=5,
    ),
    "revoke_key": calls.revoke_key("k"),
}  # fmt: skip


def test_every_operation_is_spoken_by_both_clients_and_tested_here() -> None:
    mine = {name: found for name, found in vars(calls).items() if getattr(found, "__module__", "") == calls.__name__}
    made = {name for name, found in mine.items() if inspect.isfunction(found) and not name.startswith("_")}
    assert made == set(CALLS)
    assert {name for name, found in vars(Cairn).items() if isinstance(found, _Spoken)} == made
    assert {name for name, found in vars(AsyncCairn).items() if isinstance(found, _Awaited)} == made


@pytest.mark.parametrize("name", CALLS)
class TestEachCall:
    def test_is_offered_with_these_fields(self, app: FastAPI, name: str) -> None:
        call, document = CALLS[name], app.openapi()
        offered = document["paths"][call.template][call.method.lower()]
        parameters = {one["name"] for one in offered.get("parameters", ())}
        assert {*call.ids, *call.query} <= parameters
        content = offered.get("requestBody", {}).get("content", {})
        if call.body is not None:
            schema = _resolved(document, content["application/json"]["schema"])
            assert set(call.body) <= set(schema["properties"])
            assert set(schema.get("required", ())) <= set(call.body)
        if call.files:
            assert {"files", *(call.form or {})} <= set(content["multipart/form-data"]["schema"]["properties"])

    def test_expects_no_field_that_is_not_answered(self, app: FastAPI, name: str) -> None:
        call, document = CALLS[name], app.openapi()
        answers = document["paths"][call.template][call.method.lower()]["responses"]
        answered = next(answer for status, answer in answers.items() if status.startswith("2"))
        _check(document, call.answer, answered["content"]["application/json"]["schema"])


def _check(document: dict[str, Any], model: Any, schema: dict[str, Any]) -> None:
    properties = _resolved(document, schema)["properties"]
    for field in model.model_fields.values():
        assert field.alias in properties, f"{model.__name__}.{field.alias}"
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if inspect.isclass(inner) and hasattr(inner, "model_fields"):
                of = _resolved(document, properties[field.alias])
                _check(document, inner, of.get("items", of))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema
