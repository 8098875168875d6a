"""The first start makes an administrator; later ones change only what the operator asks for."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from identity.bootstrap import FIRST_KEY_NAME, ensure_first_administrator, operator
from identity.keys import AccessKeys
from identity.models import AccessKey, Tenant, User
from identity.types import Principal, Role, Scope
from kit.db.database import Database
from kit.errors import Unauthenticated
from tests.clock import FrozenClock

GIVEN = "a-key-that-an-operator-chose"


def start(database: Database, clock: FrozenClock, given: str | None = None) -> str | None:
    with capture_logs() as logs, database.write() as session:
        token = ensure_first_administrator(session, given=given, clock=clock)
    assert not any(secret in str(logs) for secret in (given, token) if secret)
    return token


def who(database: Database, clock: FrozenClock, token: str) -> Principal:
    with database.read() as session:
        return AccessKeys(clock=clock).authenticate(session, token)


class TestFirstStart:
    def test_makes_a_tenant_and_an_administrator_with_a_key(self, any_database: Database, clock: FrozenClock) -> None:
        token = start(any_database, clock)

        assert token is not None
        assert token.startswith("ck_")
        principal = who(any_database, clock, token)
        assert (principal.name, principal.role) == (FIRST_KEY_NAME, Role.ADMIN)
        assert principal.may(Scope.MANAGE)
        with any_database.read() as session:
            assert session.scalars(select(Tenant.name)).all() == ["default"]

    def test_takes_a_given_key_and_shows_nothing(self, any_database: Database, clock: FrozenClock) -> None:
        assert start(any_database, clock, GIVEN) is None
        assert who(any_database, clock, GIVEN).role is Role.ADMIN

    def test_accepts_a_short_given_key_with_a_warning(self, database: Database, clock: FrozenClock) -> None:
        with capture_logs() as logs, database.write() as session:
            ensure_first_administrator(session, given="secret", clock=clock)

        assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["identity.admin_key_is_short"]
        assert who(database, clock, "secret").role is Role.ADMIN
        with database.read() as session:
            assert session.scalar(select(AccessKey.hint)) == "s"

    def test_makes_one_administrator_when_processes_start_together(
        self, any_database: Database, clock: FrozenClock
    ) -> None:
        tokens: list[str | None] = []
        together = threading.Barrier(4)

        def begin() -> None:
            together.wait()
            tokens.append(start_quietly())

        def start_quietly() -> str | None:
            with any_database.write() as session:
                return ensure_first_administrator(session, given=None, clock=clock)

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(token is not None for token in tokens) == 1
        assert len(tokens) == 4
        with any_database.read() as session:
            assert session.scalar(select(func.count()).select_from(AccessKey)) == 1


class TestLaterStarts:
    def test_change_nothing_without_a_given_key(self, database: Database, clock: FrozenClock) -> None:
        token = start(database, clock)
        assert token is not None

        assert start(database, clock) is None
        assert who(database, clock, token).key_id

    def test_change_nothing_with_the_same_given_key(self, database: Database, clock: FrozenClock) -> None:
        start(database, clock, GIVEN)
        key_id = who(database, clock, GIVEN).key_id

        assert start(database, clock, GIVEN) is None
        assert who(database, clock, GIVEN).key_id == key_id

    def test_replace_the_key_by_another_given_one(self, any_database: Database, clock: FrozenClock) -> None:
        token = start(any_database, clock)
        assert token is not None

        assert start(any_database, clock, GIVEN) is None

        assert who(any_database, clock, GIVEN).role is Role.ADMIN
        with pytest.raises(Unauthenticated):
            who(any_database, clock, token)

    def test_leave_other_keys_of_the_administrator_alone(self, database: Database, clock: FrozenClock) -> None:
        token = start(database, clock)
        assert token is not None
        principal = who(database, clock, token)
        with database.write() as session:
            other = AccessKeys(clock=clock).create(
                session, tenant_id=principal.tenant_id, user_id=principal.user_id, name="laptop", role=Role.ADMIN
            )

        start(database, clock, GIVEN)

        assert who(database, clock, other.token).key_id == other.key.id

    def test_do_not_bring_back_a_revoked_key(self, database: Database, clock: FrozenClock) -> None:
        start(database, clock, GIVEN)
        with database.write() as session:
            session.execute(update(AccessKey).values(revoked_at=clock.now()))

        start(database, clock, GIVEN)

        with pytest.raises(Unauthenticated):
            who(database, clock, GIVEN)

    def test_do_not_fail_over_a_deactivated_administrator(self, database: Database, clock: FrozenClock) -> None:
        start(database, clock)
        with database.write() as session:
            session.execute(update(User).values(deactivated_at=clock.now()))

        assert start(database, clock, GIVEN) is None
        with pytest.raises(Unauthenticated):
            who(database, clock, GIVEN)

    def test_know_the_administrator_by_another_name_and_address(self, database: Database, clock: FrozenClock) -> None:
        start(database, clock)
        with database.write() as session:
            session.execute(update(User).values(email="ada@example.org", name="Ada"))

        assert start(database, clock, GIVEN) is None
        with database.read() as session:
            assert operator(session).user_id == who(database, clock, GIVEN).user_id

    def test_make_no_administrator_beside_other_tenants(self, database: Database, clock: FrozenClock) -> None:
        with database.write() as session:
            session.add(Tenant(id="t", name="acme", created_at=clock.now()))

        assert start(database, clock, GIVEN) is None
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(User)) == 0
