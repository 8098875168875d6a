"""Sign-ins end: with time, with their person, and when a token comes twice."""

from __future__ import annotations

import pytest

from identity.errors import CredentialNotAccepted, SignInRefused
from identity.keys import AccessKeys
from identity.models import User
from identity.passwords import hash_password
from identity.sessions import Sessions, Tokens
from identity.types import Role
from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.identity.people import People, settle

PASSWORD = "a lantern over the harbour"


@pytest.fixture
def people(any_database: Database, clock: FrozenClock) -> People:
    with any_database.write() as session:
        people = settle(session, clock)
        session.get_one(User, people.member).password_hash = hash_password(PASSWORD)
    return people


def sign_in(database: Database, clock: FrozenClock) -> Tokens:
    with database.write() as session:
        return Sessions(clock=clock).sign_in(session, email="MEMBER@example.org", password=PASSWORD, ip=None)


def refresh(database: Database, clock: FrozenClock, token: str) -> Tokens | None:
    with database.write() as session:
        return Sessions(clock=clock).refresh(session, token)


class TestSignIn:
    def test_gives_a_key_of_the_persons_role_for_a_quarter_of_an_hour(
        self, any_database: Database, clock: FrozenClock, people: People
    ) -> None:
        tokens = sign_in(any_database, clock)
        with any_database.read() as session:
            assert AccessKeys(clock=clock).authenticate(session, tokens.access).role == Role.MEMBER
        clock.advance(minutes=15)
        with any_database.read() as session, pytest.raises(CredentialNotAccepted):
            AccessKeys(clock=clock).authenticate(session, tokens.access)

    def test_is_refused_to_who_has_left(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        with any_database.write() as session:
            session.get_one(User, people.member).deactivated_at = clock.now()
        with pytest.raises(SignInRefused):
            sign_in(any_database, clock)


class TestRefresh:
    def test_ends_with_time(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        tokens: Tokens | None = sign_in(any_database, clock)
        for _ in range(4):  # every six days, so never idle for seven
            clock.advance(days=6)
            assert tokens is not None
            tokens = refresh(any_database, clock, tokens.refresh)
        clock.advance(days=6)
        assert tokens is not None
        with pytest.raises(CredentialNotAccepted):
            refresh(any_database, clock, tokens.refresh)

    def test_ends_when_idle(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        tokens = sign_in(any_database, clock)
        clock.advance(days=7)
        with pytest.raises(CredentialNotAccepted):
            refresh(any_database, clock, tokens.refresh)

    def test_that_comes_twice_ends_all_of_it(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        first = sign_in(any_database, clock)
        second = refresh(any_database, clock, first.refresh)
        assert second is not None
        assert refresh(any_database, clock, first.refresh) is None
        with pytest.raises(CredentialNotAccepted):
            refresh(any_database, clock, second.refresh)
        with any_database.read() as session, pytest.raises(CredentialNotAccepted):
            AccessKeys(clock=clock).authenticate(session, second.access)
