"""Sign-ins end: with time, with their person, and when a token comes twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from identity.errors import CredentialNotAccepted, SignInRefused
from identity.keys import AccessKeys
from identity.models import SpentRefreshToken, User
from identity.passwords import hash_password
from identity.sessions import CopiedToken, Sessions, Tokens
from identity.tenants import Tenants
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


def refresh(database: Database, clock: FrozenClock, token: str) -> Tokens | CopiedToken:
    with database.write() as session:
        return Sessions(clock=clock).refresh(session, token)


def key_of(database: Database, clock: FrozenClock, tokens: Tokens) -> str:
    with database.read() as session:
        return AccessKeys(clock=clock).authenticate(session, tokens.access).key_id


def held_by(database: Database, clock: FrozenClock, key_id: str) -> str | None:
    with database.read() as session:
        return AccessKeys(clock=clock).holder(session, key_id).user_id


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
        tokens: Tokens | CopiedToken = sign_in(any_database, clock)
        for _ in range(4):  # every six days, so never idle for seven
            clock.advance(days=6)
            assert isinstance(tokens, Tokens)
            tokens = refresh(any_database, clock, tokens.refresh)
        clock.advance(days=6)
        assert isinstance(tokens, Tokens)
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
        assert isinstance(second, Tokens)
        assert isinstance(refresh(any_database, clock, first.refresh), CopiedToken)
        with pytest.raises(CredentialNotAccepted):
            refresh(any_database, clock, second.refresh)
        with any_database.read() as session, pytest.raises(CredentialNotAccepted):
            AccessKeys(clock=clock).authenticate(session, second.access)

    def test_that_was_exchanged_long_ago_ends_all_of_it_too(
        self, any_database: Database, clock: FrozenClock, people: People
    ) -> None:
        first = sign_in(any_database, clock)
        latest: Tokens | CopiedToken = first
        for _ in range(3):
            assert isinstance(latest, Tokens)
            latest = refresh(any_database, clock, latest.refresh)
        assert isinstance(latest, Tokens)
        assert isinstance(refresh(any_database, clock, first.refresh), CopiedToken)
        for token in (latest.refresh, first.refresh):
            with pytest.raises(CredentialNotAccepted):
                refresh(any_database, clock, token)

    def test_leaves_nothing_behind_of_sign_ins_that_are_over(
        self, any_database: Database, clock: FrozenClock, people: People
    ) -> None:
        refresh(any_database, clock, sign_in(any_database, clock).refresh)
        clock.advance(days=31)
        sign_in(any_database, clock)
        with any_database.read() as session:
            assert session.scalar(select(func.count()).select_from(SpentRefreshToken)) == 0


class TestWorkThatGoesOnBehindARequest:
    def test_goes_on_while_the_sign_in_does_whatever_token_asked_for_it(
        self, any_database: Database, clock: FrozenClock, people: People
    ) -> None:
        first = sign_in(any_database, clock)
        asked_by = key_of(any_database, clock, first)
        clock.advance(days=6)
        assert isinstance(refresh(any_database, clock, first.refresh), Tokens)
        clock.advance(days=6)
        assert held_by(any_database, clock, asked_by) == people.member

    def test_ends_when_the_sign_in_is_idle(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        asked_by = key_of(any_database, clock, sign_in(any_database, clock))
        clock.advance(days=6, hours=23)
        assert held_by(any_database, clock, asked_by) == people.member
        clock.advance(hours=1)
        with pytest.raises(CredentialNotAccepted):
            held_by(any_database, clock, asked_by)

    def test_ends_with_time(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        tokens: Tokens | CopiedToken = sign_in(any_database, clock)
        assert isinstance(tokens, Tokens)
        asked_by = key_of(any_database, clock, tokens)
        for _ in range(4):
            clock.advance(days=6)
            assert isinstance(tokens, Tokens)
            tokens = refresh(any_database, clock, tokens.refresh)
        clock.advance(days=6)
        with pytest.raises(CredentialNotAccepted):
            held_by(any_database, clock, asked_by)

    def test_ends_when_its_person_signs_out(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        asked_by = key_of(any_database, clock, sign_in(any_database, clock))
        with any_database.write() as session:
            Sessions(clock=clock).sign_out(session, key_id=asked_by, everywhere=False)
        with pytest.raises(CredentialNotAccepted):
            held_by(any_database, clock, asked_by)


class TestAnAddressInTwoTenants:
    def test_is_let_in_by_either_password(self, any_database: Database, clock: FrozenClock, people: People) -> None:
        with any_database.write() as session:
            made = Tenants(clock=clock).create(session, name="other", email="member@example.org", person="Member")
            session.get_one(User, made.administrator_id).password_hash = hash_password("four lamps on the gate")
        sessions = Sessions(clock=clock)
        with any_database.write() as session:
            there = sessions.sign_in(session, email="member@example.org", password="four lamps on the gate", ip=None)
            assert there.user_id == made.administrator_id
            session.get_one(User, made.administrator_id).password_hash = hash_password(PASSWORD)
        assert sign_in(any_database, clock).user_id == people.member
