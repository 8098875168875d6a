"""A key's own limit: told in headers, answered with 429 beyond it, and the same in every process."""

from __future__ import annotations

from time import monotonic, sleep

from fastapi import FastAPI

from api.auth import Authenticator
from identity.errors import CredentialNotAccepted
from kit.errors import RateLimited
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from tests.api.callers import Callers, error_of

DATASETS = "/dashboard/v1/knowledge-base/datasets"


class TestAKeysLimit:
    def test_is_told_and_held(self, callers: Callers) -> None:
        caller = callers.with_key(role="reviewer", rate_limit=3)
        answers = [caller.get(DATASETS) for _ in range(7)]  # seven, so that a minute's turn does not hide the limit
        good = [answer for answer in answers if answer.status_code == 200]
        assert 3 <= len(good) <= 6
        assert good[0].headers["x-ratelimit-limit"] == "3"
        assert 0 <= int(good[0].headers["x-ratelimit-remaining"]) < 3
        assert 1 <= int(good[0].headers["x-ratelimit-reset"]) <= 60
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert error_of(refused)["code"] == "RATE_LIMITED"
        assert 1 <= int(refused.headers["retry-after"]) <= 60

    def test_is_no_ones_unless_set(self, callers: Callers) -> None:
        assert "x-ratelimit-limit" not in callers.reader.get(DATASETS).headers


class TestTwoProcesses:
    """A second runtime over the same home stands for another process: nothing is shared but the database."""

    def test_share_a_keys_limit(self, callers: Callers, settings: Settings, runtime: Runtime, app: FastAPI) -> None:
        token = callers.with_key(role="reviewer", rate_limit=10).headers["Authorization"].removeprefix("Bearer ")
        other = build_runtime(settings)
        try:
            here, there = Authenticator(runtime), Authenticator(other)
            admitted = sum(_is_admitted(guard, token) for _ in range(15) for guard in (here, there))
        finally:
            other.close()
        assert 10 <= admitted <= 20  # twenty only where a minute ended in between

    def test_refuse_a_revoked_key_within_a_second(self, callers: Callers, settings: Settings, runtime: Runtime) -> None:
        caller = callers.with_key(role="reviewer")
        token = caller.headers["Authorization"].removeprefix("Bearer ")
        other = build_runtime(settings)
        try:
            there = Authenticator(other)
            key_id = there.authenticate(token).key_id
            with runtime.database.write() as session:
                runtime.keys.revoke(session, callers.principal, key_id)
            revoked = monotonic()
            while _is_accepted(there, token):
                assert monotonic() - revoked < 5
                sleep(0.01)
            took = monotonic() - revoked
        finally:
            other.close()
        assert took <= 1.2  # the second, and what a busy machine adds


def _is_admitted(guard: Authenticator, token: str) -> bool:
    try:
        guard.admit(token)
    except RateLimited:
        return False
    return True


def _is_accepted(guard: Authenticator, token: str) -> bool:
    try:
        guard.authenticate(token)
    except CredentialNotAccepted:
        return False
    return True
