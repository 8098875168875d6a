"""Access keys do what they say, for as long as they may, and never more than their user."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from identity.credentials import EVERY_SCOPE, IssuedKey, KeyKind
from identity.errors import KeyExceedsUser, KeyNotFound, KeyOutranksCaller, TenantNotFound, UserNotFound
from identity.keys import AccessKeys
from identity.models import AccessKey, Membership, User
from identity.types import ROLE_SCOPES, Principal, Role, Scope
from kit.db.database import Database
from kit.errors import Invalid, Unauthenticated
from tests.clock import FrozenClock
from tests.unit.identity.people import People, settle


@pytest.fixture
def keys(clock: FrozenClock) -> AccessKeys:
    return AccessKeys(clock=clock)


@pytest.fixture
def people(database: Database, clock: FrozenClock) -> People:
    with database.write() as session:
        return settle(session, clock)


def issue(database: Database, keys: AccessKeys, people: People, **given: object) -> IssuedKey:
    wanted: dict[str, object] = {
        "tenant_id": people.tenant, "user_id": people.admin, "name": "laptop", "role": Role.ADMIN,
    } | given  # fmt: skip
    with database.write() as session:
        return keys.create(session, **wanted)  # type: ignore[arg-type]  # the tests below give wrong values on purpose


def who(database: Database, keys: AccessKeys, token: str) -> Principal:
    with database.read() as session:
        return keys.authenticate(session, token)


class TestAuthenticate:
    def test_refuses_every_reason_with_the_same_answer(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        expired = issue(database, keys, people, expires_at=clock.now() + timedelta(seconds=10))
        revoked = issue(database, keys, people)
        orphaned = issue(database, keys, people, user_id=people.member, role=Role.MEMBER)
        excluded = issue(database, keys, people, user_id=people.reviewer, role=Role.REVIEWER)
        with database.write() as session:
            session.execute(update(AccessKey).where(AccessKey.id == revoked.key.id).values(revoked_at=clock.now()))
            session.execute(update(User).where(User.id == people.member).values(deactivated_at=clock.now()))
            session.execute(delete(Membership).where(Membership.user_id == people.reviewer))
        clock.advance(10)

        good = issue(database, keys, people)
        refused = ("", "ck_unknown", expired.token, revoked.token, orphaned.token, excluded.token)
        with database.read() as session:
            assert keys.holders(session, [*refused, good.token]) == {good.token: who(database, keys, good.token)}
        answers = set()
        for token in refused:
            with pytest.raises(Unauthenticated) as caught:
                who(database, keys, token)
            answers.add((caught.value.code, caught.value.message, caught.value.details))

        assert len(answers) == 1

    def test_knows_a_person_by_a_key(self, database: Database, keys: AccessKeys, people: People) -> None:
        issued = issue(database, keys, people)

        principal = who(database, keys, issued.token)

        assert principal == Principal(
            people.tenant, issued.key.id, people.admin, "laptop", Role.ADMIN, frozenset(Scope), None, None
        )

    def test_knows_a_machine_and_its_narrowing(self, database: Database, keys: AccessKeys, people: People) -> None:
        issued = issue(
            database, keys, people, user_id=None, role=Role.MEMBER, agent_role="writer",
            scopes=[Scope.SEARCH], dataset_ids=["d2", "d1", "d2"],
        )  # fmt: skip

        principal = who(database, keys, issued.token)

        assert (principal.user_id, principal.agent_role, principal.dataset_ids) == (None, "writer", ("d2", "d1"))
        assert principal.scopes == {Scope.SEARCH}

    def test_gives_a_demoted_user_no_more_than_the_role_left(
        self, database: Database, keys: AccessKeys, people: People
    ) -> None:
        issued = issue(database, keys, people)
        with database.write() as session:
            session.execute(update(Membership).where(Membership.user_id == people.admin).values(role=Role.REVIEWER))

        principal = who(database, keys, issued.token)

        assert principal.role is Role.REVIEWER
        assert principal.scopes == ROLE_SCOPES[Role.REVIEWER]

    def test_ignores_a_stored_scope_that_it_does_not_know(
        self, database: Database, keys: AccessKeys, people: People
    ) -> None:
        issued = issue(database, keys, people)
        with database.write() as session:
            session.execute(update(AccessKey).values(scopes=["knowledge:read", "knowledge:levitate"]))

        assert who(database, keys, issued.token).scopes == {Scope.READ}

    def test_knows_many_at_once_as_it_knows_each(self, database: Database, keys: AccessKeys, people: People) -> None:
        tokens = [issue(database, keys, people, name=f"key {number}").token for number in range(3)]
        machine = issue(database, keys, people, user_id=None, role=Role.MEMBER, agent_role="writer", dataset_ids=["d"])

        with database.read() as session:
            found = keys.holders(session, [*tokens, machine.token])

        assert found == {token: who(database, keys, token) for token in (*tokens, machine.token)}

    def test_writes_nothing(self, database: Database, keys: AccessKeys, people: People) -> None:
        issued = issue(database, keys, people)

        who(database, keys, issued.token)

        with database.read() as session:
            assert session.scalar(select(AccessKey.last_used_at)) is None


class TestTouch:
    def test_notes_the_use_once_a_minute(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        key_id = issue(database, keys, people).key.id
        seen = []
        for seconds in (0, 59, 2):
            clock.advance(seconds)
            with database.write() as session:
                keys.touch(session, key_id)
            with database.read() as session:
                seen.append(session.scalar(select(AccessKey.last_used_at)))

        first = clock.now() - timedelta(seconds=61)
        assert seen == [first, first, clock.now()]


class TestCreate:
    def test_keeps_no_token(self, database: Database, keys: AccessKeys, people: People) -> None:
        issued = issue(database, keys, people)

        with database.read() as session:
            row = session.scalars(select(AccessKey)).one()
            assert row.scopes == [EVERY_SCOPE]
            kept = " ".join(str(getattr(row, column.key)) for column in AccessKey.__table__.columns)
        assert issued.token.startswith("ck_")
        assert issued.token not in kept
        assert issued.token not in repr(issued)

    def test_tells_machines_from_people(self, database: Database, keys: AccessKeys, people: People) -> None:
        assert issue(database, keys, people).key.kind is KeyKind.API_KEY
        assert issue(database, keys, people, agent_role="writer").key.kind is KeyKind.AGENT_KEY

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"name": "  "}, ("name", "1 to 200 characters")),
            ({"name": "x" * 201}, ("name", "this one has 201")),
            ({"role": "owner"}, ("role", "no role 'owner'; use one of admin, member, reviewer")),
            ({"scopes": ["knowledge:fly"]}, ("scopes", "no scope 'knowledge:fly'")),
            ({"scopes": []}, ("scopes", "can do nothing")),
            (
                {"role": "reviewer", "scopes": [Scope.WRITE, Scope.READ]},
                ("scopes", "role reviewer does not allow knowledge:write; it allows knowledge:read, knowledge:search"),
            ),
            ({"agent_role": " "}, ("agentRole", "1 to 64 characters")),
            ({"agent_role": "*"}, ("agentRole", "every agent")),
            ({"dataset_ids": []}, ("datasetIds", "empty list")),
            ({"dataset_ids": ["x" * 27]}, ("datasetIds", "not the id of a dataset")),
        ],
    )
    def test_refuses_with_the_field_and_the_value(
        self,
        database: Database,
        people: People,
        clock: FrozenClock,
        given: dict[str, object],
        expected: tuple[str, str],
    ) -> None:
        field, message = expected
        with pytest.raises(Invalid, match=re.escape(message)) as caught:
            issue(database, AccessKeys(clock=clock), people, **given)
        assert [detail.field for detail in caught.value.details] == [field]

    def test_refuses_an_expiry_in_the_past_or_without_zone(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        with pytest.raises(Invalid, match="not in the future"):
            issue(database, keys, people, expires_at=clock.now())
        with pytest.raises(Invalid, match="no time zone"):
            issue(database, keys, people, expires_at=clock.now().replace(tzinfo=None))

    def test_refuses_owners_that_are_not_there(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        with database.write() as session:
            elsewhere = settle(session, clock, "rivals")
        with pytest.raises(TenantNotFound):
            issue(database, keys, people, tenant_id="nowhere")
        with pytest.raises(UserNotFound):
            issue(database, keys, people, user_id=elsewhere.admin)

    def test_refuses_to_make_a_user_more_than_they_are(
        self, database: Database, keys: AccessKeys, people: People
    ) -> None:
        with pytest.raises(KeyExceedsUser, match="has role reviewer, so a key with role admin"):
            issue(database, keys, people, user_id=people.reviewer)


class TestList:
    def test_shows_a_manager_the_tenant_and_others_their_own(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        with database.write() as session:
            elsewhere = settle(session, clock, "rivals")
        manager = issue(database, keys, people)
        first = issue(database, keys, people, user_id=people.member, role=Role.MEMBER)
        second = issue(database, keys, people, user_id=people.member, role=Role.MEMBER)
        machine = issue(database, keys, people, user_id=None, role=Role.MEMBER, agent_role="writer")
        issue(database, keys, elsewhere)

        def visible(issued: IssuedKey) -> set[str]:
            principal = who(database, keys, issued.token)
            with database.read() as session:
                return {view.id for view in keys.list(session, principal)}

        assert visible(manager) == {key.key.id for key in (manager, first, second, machine)}
        assert visible(first) == {first.key.id, second.key.id}
        assert visible(machine) == {machine.key.id}

    def test_does_not_widen_a_key_narrowed_to_datasets(
        self, database: Database, keys: AccessKeys, people: People
    ) -> None:
        issue(database, keys, people, user_id=people.member, role=Role.MEMBER)
        narrow = issue(database, keys, people, dataset_ids=["d1"])

        with database.read() as session:
            views = keys.list(session, keys.authenticate(session, narrow.token))

        assert [view.id for view in views] == [narrow.key.id]


class TestRevoke:
    def test_does_not_find_keys_of_others(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        with database.write() as session:
            elsewhere = settle(session, clock, "rivals")
        foreign = issue(database, keys, elsewhere)
        admins = issue(database, keys, people)
        member = who(database, keys, issue(database, keys, people, user_id=people.member, role=Role.MEMBER).token)
        for key_id in (foreign.key.id, admins.key.id, "nothing"):
            with pytest.raises(KeyNotFound), database.write() as session:
                keys.revoke(session, member, key_id)
        assert who(database, keys, admins.token).key_id == admins.key.id

    def test_does_not_let_a_weak_key_end_a_strong_one(
        self, database: Database, keys: AccessKeys, people: People
    ) -> None:
        strong = issue(database, keys, people)
        weak = who(database, keys, issue(database, keys, people, scopes=[Scope.READ]).token)
        with pytest.raises(KeyOutranksCaller), database.write() as session:
            keys.revoke(session, weak, strong.key.id)

    def test_ends_a_key_at_once_and_keeps_the_first_moment(
        self, database: Database, keys: AccessKeys, people: People, clock: FrozenClock
    ) -> None:
        manager = who(database, keys, issue(database, keys, people).token)
        other = issue(database, keys, people, user_id=people.member, role=Role.MEMBER)
        moment = clock.now()
        with database.write() as session:
            keys.revoke(session, manager, other.key.id)
        clock.advance(60)
        with database.write() as session:
            again = keys.revoke(session, manager, other.key.id)

        assert again.revoked_at == moment
        with pytest.raises(Unauthenticated):
            who(database, keys, other.token)

    def test_lets_a_key_end_itself(self, database: Database, keys: AccessKeys, people: People) -> None:
        machine = issue(database, keys, people, user_id=None, role=Role.MEMBER, agent_role="writer")
        principal = who(database, keys, machine.token)
        with database.write() as session:
            assert keys.revoke(session, principal, machine.key.id).revoked_at is not None
