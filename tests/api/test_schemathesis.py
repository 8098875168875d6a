"""Requests made up from the OpenAPI document: none may break the server, none may be answered in an undocumented way.

Here a few fixed examples for each operation; with THOROUGH=1 in the environment also one for each edge of each schema,
five times as many, which takes ten minutes. More thoroughly still, against a server that runs (`cairn serve`), with
KEY its key:

    schemathesis run http://127.0.0.1:8420/openapi.json -H "Authorization: Bearer $KEY" \
        --phases examples,coverage,fuzzing,stateful --max-examples 50 --continue-on-failure \
        -c not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
response_schema_conformance,negative_data_rejection,ignored_auth
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, path_of
from tests.api.conftest import ADMIN_KEY

pytestmark = pytest.mark.timeout(300)  # an operation has several requests, each of which may make its dataset anew

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
A_FEW = examples(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# Describing an app starts nothing, so the document is there before any fixture is.
# The streams are left out: they have no end, and the test client gives an answer when it has ended. See test_events.py.
whole = schemathesis.openapi.from_dict(create_app(Settings(_env_file=None)).openapi())
whole.config.phases.coverage.enabled = bool(os.environ.get("THOROUGH"))
# Nor is what narrows the tenant asked in the tenant that all tests share: the next request could be one too many.
schema = whole.exclude(path_regex="/stream$").exclude(operation_id="dashboardQuotasUpdate")


class Existing:
    """A dataset with an indexed file; made again when a request has deleted it."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._dataset: Json | None = None
        self._file_id = ""

    def ids(self) -> dict[str, str]:
        if self._dataset is None or self._is_gone():
            self._make()
        assert self._dataset is not None
        return {"datasetId": self._dataset["id"], "fileId": self._file_id}

    def remove(self) -> None:
        if self._dataset is not None:
            self._caller.delete(path_of(self._dataset))

    def _is_gone(self) -> bool:
        assert self._dataset is not None
        return bool(self._caller.get(f"{path_of(self._dataset)}/files/{self._file_id}").status_code == 404)

    def _make(self) -> None:
        made = self._caller.post("/dashboard/v1/knowledge-base/datasets", json={"name": f"existing {uuid4()}"})
        assert made.status_code == 201, made.text
        dataset: Json = made.json()
        self._file_id = self._caller.upload(dataset, "a.md", "# Title\n\nA sentence to find.")["id"]
        self._caller.settled(dataset, self._file_id)
        self._dataset = dataset


@pytest.fixture(scope="module")
def existing(callers: Callers) -> Iterator[Existing]:
    existing = Existing(callers.with_key(role="admin"))
    yield existing
    existing.remove()


# Each example has a key of its own: to sign out ends the key that asks for it, and all later answers would be 401.
@schema.parametrize()
@A_FEW
def test_any_request_is_answered_as_documented(case: schemathesis.Case[Any], app: FastAPI, callers: Callers) -> None:
    case.call_and_validate(app=app, headers=callers.with_key(role="admin").headers, checks=CHECKS)


@whole.include(operation_id="dashboardQuotasUpdate").parametrize()
@A_FEW
def test_any_request_that_narrows_a_tenant_is_answered_as_documented(
    case: schemathesis.Case[Any], app: FastAPI, client: TestClient, runtime: Runtime
) -> None:
    elsewhere = Callers(client, runtime, admin_token=ADMIN_KEY).stranger  # of a tenant of its own
    case.call_and_validate(app=app, headers=elsewhere.headers, checks=CHECKS)


@schema.include(path_regex="datasetId|search").parametrize()
@A_FEW
def test_any_request_about_what_exists_is_answered_as_documented(
    case: schemathesis.Case[Any], app: FastAPI, callers: Callers, existing: Existing
) -> None:
    _point_at(case, existing.ids())
    case.call_and_validate(app=app, headers=callers.with_key(role="admin").headers, checks=CHECKS)


def _point_at(case: schemathesis.Case[Any], ids: dict[str, str]) -> None:
    parameters: dict[str, Any] = dict(case.path_parameters or {})
    case.path_parameters = {name: ids.get(name, value) for name, value in parameters.items()}
    if isinstance(case.body, dict) and "datasetIds" in case.body:
        case.body["datasetIds"] = [ids["datasetId"]]
