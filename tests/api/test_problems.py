"""How errors are worded, whoever raises them."""

from __future__ import annotations

import errno

import pytest
import structlog
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from api.app import create_app
from kit.errors import (
    CairnError,
    ConfigurationError,
    Conflict,
    Detail,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, error_of

DATASETS = "/dashboard/v1/knowledge-base/datasets"


class FileIsOnFire(Conflict):
    code = "FILE_IS_ON_FIRE"


ERRORS: dict[str, tuple[Exception, int, str]] = {
    "invalid": (Invalid("no", details=[Detail("chunkSize", "5 is too small")]), 400, "VALIDATION_ERROR"),
    "unauthenticated": (Unauthenticated("no"), 401, "UNAUTHENTICATED"),
    "forbidden": (Forbidden("no"), 403, "FORBIDDEN"),
    "not-found": (NotFound("no"), 404, "NOT_FOUND"),
    "conflict": (Conflict("no"), 409, "CONFLICT"),
    "own-code": (FileIsOnFire("no"), 409, "FILE_IS_ON_FIRE"),
    "too-large": (TooLarge("no"), 413, "PAYLOAD_TOO_LARGE"),
    "unprocessable": (Unprocessable("no"), 422, "UNPROCESSABLE"),
    "rate-limited": (RateLimited("no", retry_after=12.4), 429, "RATE_LIMITED"),
    "unavailable": (Unavailable("no"), 503, "UNAVAILABLE"),
    "configuration": (ConfigurationError("no"), 500, "CONFIGURATION"),
    "full disk": (OSError(errno.ENOSPC, "No space left on device"), 503, "UNAVAILABLE"),
    "database": (OperationalError("select secret", None, ValueError("locked")), 503, "UNAVAILABLE"),
    "bug": (ZeroDivisionError("the secret inside"), 500, "INTERNAL"),
    "unmapped": (CairnError("the secret inside"), 500, "INTERNAL"),
}


@pytest.fixture(scope="module")
def admin(settings: Settings, runtime: Runtime, callers: Callers) -> Caller:
    """Of an app with one route more, that raises what it is told to."""
    app = create_app(settings, runtime)
    router = APIRouter()

    @router.get("/dashboard/v1/raise/{name}")
    def raise_it(name: str) -> None:
        raise ERRORS[name][0]

    app.include_router(router)
    token = callers.admin.headers["Authorization"].removeprefix("Bearer ")
    return Caller(TestClient(app, raise_server_exceptions=False), token)


class TestAnError:
    @pytest.mark.parametrize("name", ERRORS)
    def test_has_its_status_and_code(self, admin: Caller, name: str) -> None:
        _, status, code = ERRORS[name]
        answer = admin.get(f"/dashboard/v1/raise/{name}")
        assert answer.status_code == status
        assert error_of(answer)["code"] == code
        assert "secret" not in answer.text

    def test_points_at_the_offending_field(self, admin: Caller) -> None:
        details = error_of(admin.get("/dashboard/v1/raise/invalid"))["details"]
        assert details == [{"field": "chunkSize", "message": "5 is too small"}]

    @pytest.mark.parametrize(("name", "seconds"), [("rate-limited", "13"), ("unavailable", "5"), ("database", "5")])
    def test_that_passes_says_when_to_come_back(self, admin: Caller, name: str, seconds: str) -> None:
        assert admin.get(f"/dashboard/v1/raise/{name}").headers["retry-after"] == seconds

    def test_that_is_a_bug_is_logged_with_its_traceback(self, admin: Caller) -> None:
        with structlog.testing.capture_logs() as events:
            admin.get("/dashboard/v1/raise/bug", headers={"X-Request-Id": "of-the-bug"})
        failed = next(event for event in events if event["event"] == "http.failed")
        assert failed["exc_info"]
        assert failed["log_level"] == "error"

    def test_that_is_the_callers_is_not_logged_as_a_failure(self, admin: Caller) -> None:
        with structlog.testing.capture_logs() as events:
            admin.get("/dashboard/v1/raise/conflict")
        assert [event["event"] for event in events] == ["http.request"]


class TestValidation:
    def test_names_field_and_value(self, callers: Callers) -> None:
        answer = callers.admin.post(DATASETS, json={"name": "x", "chunkSize": 4096, "color": "red"})
        assert answer.status_code == 400
        error = error_of(answer)
        assert error["code"] == "VALIDATION_ERROR"
        assert {detail["field"] for detail in error["details"]} == {"chunkSize", "color"}
        assert "4096" in error["message"]

    @pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"text"', "{'a': 1}", "[" * 100_000, "9" * 5000])
    def test_refuses_what_is_no_json_object(self, callers: Callers, body: str) -> None:
        headers = {"Content-Type": "application/json"}
        answer = callers.admin.post(DATASETS, content=body, headers=headers)
        assert answer.status_code == 400
        assert error_of(answer)["code"] == "VALIDATION_ERROR"

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "0.5", "\ud800", "a\x00b", [1], {"a": 1}])
    def test_survives_strange_values(self, callers: Callers, value: object) -> None:
        import json  # noqa: PLC0415 - only here, to write what a JSON library for requests refuses to

        body = json.dumps({"query": "x", "datasetIds": ["a"], "hybridAlpha": value, str(value): value})
        answer = callers.admin.post(
            "/dashboard/v1/knowledge-base/search", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400
        assert error_of(answer)["details"]

    def test_refuses_a_body_of_another_type(self, callers: Callers) -> None:
        answer = callers.admin.post(DATASETS, content='{"name": "x"}', headers={"Content-Type": "text/plain"})
        assert answer.status_code == 400

    def test_refuses_identifiers_that_cannot_be_any(self, callers: Callers) -> None:
        assert callers.admin.get(f"{DATASETS}/%00").status_code == 400
        assert callers.admin.get(f"{DATASETS}/{'x' * 65}").status_code == 400


class TestMethods:
    def test_that_a_path_does_not_have_are_405_and_name_those_it_has(self, callers: Callers) -> None:
        answer = callers.admin.request("PUT", f"{DATASETS}/some/files/other")
        assert answer.status_code == 405
        assert error_of(answer)["code"] == "METHOD_NOT_ALLOWED"
        assert answer.headers["allow"] == "DELETE, GET, PATCH"
