"""Changes leave entries in their own transaction; entries form a chain in which tampering shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity.audit.acts import Act, acting
from identity.audit.log import AuditLog
from identity.audit.models import AuditEvent, AuditHead
from identity.audit.reads import MOST_WAITING, AuditIsBehind, ReadLog
from identity.audit.trail import Deed, Trail
from identity.audit.types import ActorType, AuditEntry, AuditFilter
from identity.keys import AccessKeys
from identity.models import AccessKey, Membership, User
from identity.types import Principal, Role, Scope
from kit.db.database import Database
from kit.pagination import PageRequest
from tests.clock import FrozenClock
from tests.unit.identity.people import People, settle


@pytest.fixture
def trail(any_database: Database, clock: FrozenClock) -> Trail:
    trail = Trail(clock=clock)
    trail.watch(any_database)
    return trail


@pytest.fixture
def people(any_database: Database, clock: FrozenClock, trail: Trail) -> People:
    with any_database.write() as session:
        return settle(session, clock)


def act_of(people: People, **fields: str) -> Act:
    given = {"actor_id": people.admin, "actor_name": "Ada", "key_id": "K1", "ip": "10.0.0.7", "request_id": "R1"}
    return Act(tenant_id=people.tenant, actor_type=ActorType.USER, **{**given, **fields})  # type: ignore[arg-type]  # texts


def manager(people: People) -> Principal:
    return Principal(people.tenant, "K1", people.admin, "Ada", Role.ADMIN, frozenset(Scope))


def entries(database: Database, people: People, principal: Principal | None = None) -> list[AuditEntry]:
    with database.read() as session:
        return list(AuditLog.all(session, principal or manager(people), AuditFilter()))


class TestAChange:
    def test_is_recorded_with_who_from_where_before_and_after(
        self, any_database: Database, trail: Trail, people: People
    ) -> None:
        with acting(act_of(people)) as act, any_database.write() as session:
            session.scalars(select(User).where(User.id == people.member)).one().name = "Grace"
        entry = entries(any_database, people)[-1]
        assert (entry.action, entry.entity_type, entry.entity_id) == ("updated", "user", people.member)
        assert entry.changes == {"name": {"from": "member", "to": "Grace"}}
        assert (entry.actor_id, entry.actor_name, entry.key_id, entry.ip) == (people.admin, "Ada", "K1", "10.0.0.7")
        assert act.changes == 1

    def test_keeps_the_first_and_the_last_value_of_several_flushes(
        self, any_database: Database, trail: Trail, people: People
    ) -> None:
        with acting(act_of(people)), any_database.write() as session:
            user = session.scalars(select(User).where(User.id == people.member)).one()
            for name in ("one", "two", "three"):
                user.name = name
                session.flush()
        assert entries(any_database, people)[-1].changes == {"name": {"from": "member", "to": "three"}}

    def test_is_called_by_what_it_means(
        self, any_database: Database, clock: FrozenClock, trail: Trail, people: People
    ) -> None:
        keys = AccessKeys(clock=clock)
        with acting(act_of(people)):
            with any_database.write() as session:
                issued = keys.create(session, tenant_id=people.tenant, user_id=None, name="k", role="member")
            with any_database.write() as session:
                keys.revoke(session, manager(people), issued.key.id)
        made, revoked = entries(any_database, people)
        assert (made.action, made.entity_type) == ("created", "access_key")
        assert revoked.action == "revoked"
        assert made.changes is not None
        assert made.changes["token_hash"]["to"] == "[redacted]"

    def test_that_is_rolled_back_leaves_nothing(self, any_database: Database, trail: Trail, people: People) -> None:
        def fail() -> None:
            with acting(act_of(people)), any_database.write() as session:
                session.scalars(select(User).where(User.id == people.member)).one().name = "Grace"
                session.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert entries(any_database, people) == []

    def test_in_nobodys_name_is_not_recorded(self, any_database: Database, trail: Trail, people: People) -> None:
        with any_database.write() as session:
            session.scalars(select(User).where(User.id == people.member)).one().name = "Grace"
        assert entries(any_database, people) == []

    def test_of_a_row_that_is_removed_is_a_deletion(self, any_database: Database, trail: Trail, people: People) -> None:
        with acting(act_of(people)), any_database.write() as session:
            membership = session.scalars(select(Membership).where(Membership.user_id == people.reviewer)).one()
            session.delete(membership)
        assert (entries(any_database, people)[-1].action, entries(any_database, people)[-1].entity_type) == (
            "deleted", "membership",
        )  # fmt: skip


def filled(database: Database, trail: Trail, people: People, count: int = 6) -> None:
    with database.write() as session:
        act = act_of(people)
        trail.record(session, [Deed(act, trail.clock.now(), "read", "file", f"F{n}", {"n": n}) for n in range(count)])


class TestTheChain:
    def test_holds_together(self, any_database: Database, trail: Trail, people: People) -> None:
        filled(any_database, trail, people)
        filled(any_database, trail, people)
        with any_database.read() as session:
            verdict = trail.verify(session, people.tenant)
        assert verdict.is_whole
        assert verdict.entries == 12
        assert verdict.head.startswith("12:")

    @pytest.mark.parametrize(
        ("tamper", "said"),
        [
            (update(AuditEvent).where(AuditEvent.seq == 3).values(actor_name="Eve"), "entry 3 was changed"),
            (update(AuditEvent).where(AuditEvent.seq == 3).values(details={"n": 99}), "entry 3 was changed"),
            (delete(AuditEvent).where(AuditEvent.seq == 3), "entry 3 is missing"),
            (delete(AuditEvent).where(AuditEvent.seq == 6), "the newest entry is 5"),
            (delete(AuditEvent).where(AuditEvent.seq == 1), "entry 1 is missing"),
        ],
    )
    def test_shows_what_was_tampered_with(
        self, any_database: Database, trail: Trail, people: People, tamper: object, said: str
    ) -> None:
        filled(any_database, trail, people)
        with any_database.write() as session:
            session.execute(tamper)  # type: ignore[call-overload]  # one of the statements above
        with any_database.read() as session:
            assert any(said in fault for fault in trail.verify(session, people.tenant).faults)

    def test_shows_that_it_was_written_anew_to_whoever_noted_its_head(
        self, any_database: Database, trail: Trail, people: People
    ) -> None:
        filled(any_database, trail, people)
        with any_database.read() as session:
            noted = trail.verify(session, people.tenant).head
        with any_database.write() as session:
            session.execute(delete(AuditEvent))
            session.execute(delete(AuditHead))
        filled(any_database, trail, people, 7)
        with any_database.read() as session:
            assert trail.verify(session, people.tenant).is_whole
            faults = trail.verify(session, people.tenant, known_head=noted).faults
        assert faults == ["entry 6 has another hash than the head noted earlier"]

    def test_stays_whole_when_old_entries_are_let_go(
        self, any_database: Database, clock: FrozenClock, trail: Trail, people: People
    ) -> None:
        filled(any_database, trail, people)
        clock.advance(days=40)
        filled(any_database, trail, people, 2)
        with any_database.write() as session:
            assert trail.let_go(session, people.tenant, before=clock.now() - timedelta(days=30)) == 6
        with any_database.read() as session:
            verdict = trail.verify(session, people.tenant)
        assert verdict.is_whole
        assert verdict.entries == 2

    def test_has_no_gaps_when_many_write(self, any_database: Database, trail: Trail, people: People) -> None:
        threads = [Thread(target=filled, args=(any_database, trail, people, 5)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with any_database.read() as session:
            verdict = trail.verify(session, people.tenant)
        assert verdict.is_whole
        assert verdict.entries == 30


class TestReads:
    def test_are_written_together_and_in_order(self, any_database: Database, trail: Trail, people: People) -> None:
        log = ReadLog(database=any_database, trail=trail)
        act = act_of(people)
        for n in range(20):
            log.put([Deed(act, trail.clock.now(), "read", "file", f"F{n}", {})])
        log.close()
        assert [entry.entity_id for entry in entries(any_database, people)] == [f"F{n}" for n in range(20)]

    def test_are_there_after_a_flush_whoever_writes_them(
        self, any_database: Database, trail: Trail, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = ReadLog(database=any_database, trail=trail, every=3600)
        taken, go_on, record = Event(), Event(), Trail.record

        def slowly(trail: Trail, session: Session, deeds: Sequence[Deed]) -> Sequence[AuditEntry]:
            taken.set()
            go_on.wait()
            return record(trail, session, deeds)

        monkeypatch.setattr(Trail, "record", slowly)
        log.put([Deed(act_of(people), trail.clock.now(), "read", "file", "F", {})])
        other = Thread(target=log.flush)
        other.start()
        taken.wait()
        mine = Thread(target=log.flush)
        mine.start()
        try:
            mine.join(0.2)
            assert mine.is_alive()
        finally:
            go_on.set()
            other.join()
            mine.join()
        assert [entry.entity_id for entry in entries(any_database, people)] == ["F"]
        log.close()

    def test_are_refused_when_they_cannot_be_recorded(
        self, any_database: Database, trail: Trail, people: People
    ) -> None:
        log = ReadLog(database=any_database, trail=trail, every=3600)
        log.put([Deed(act_of(people), trail.clock.now(), "read", "file", "F", {})] * MOST_WAITING)
        with pytest.raises(AuditIsBehind):
            log.check()
        log._waiting.clear()
        log.close()

    def test_that_are_too_old_are_let_go(
        self, any_database: Database, clock: FrozenClock, trail: Trail, people: People
    ) -> None:
        filled(any_database, trail, people)
        clock.advance(days=10)
        ReadLog(database=any_database, trail=trail, keep=timedelta(days=5)).let_go()
        assert entries(any_database, people) == []


class TestWhoSeesIt:
    def test_others_see_what_they_did_themselves(self, any_database: Database, trail: Trail, people: People) -> None:
        with any_database.write() as session:
            mine, others = act_of(people, actor_id=people.member, key_id="K2"), act_of(people)
            now = trail.clock.now()
            trail.record(session, [Deed(act, now, "read", "file", act.actor_id, {}) for act in (mine, others)])
        member = Principal(people.tenant, "K2", people.member, "m", Role.MEMBER, frozenset({Scope.READ}))
        assert [entry.entity_id for entry in entries(any_database, people, member)] == [people.member]
        stranger = Principal("01KAAAAAAAAAAAAAAAAAAAAAAA", "K3", None, "s", Role.ADMIN, frozenset(Scope))
        assert entries(any_database, people, stranger) == []

    def test_a_narrowed_manager_sees_its_keys_own(self, any_database: Database, trail: Trail, people: People) -> None:
        filled(any_database, trail, people)
        narrow = Principal(people.tenant, "K9", None, "n", Role.ADMIN, frozenset(Scope), dataset_ids=("D",))
        assert entries(any_database, people, narrow) == []

    def test_pages_go_backwards(self, any_database: Database, trail: Trail, people: People) -> None:
        filled(any_database, trail, people, 5)
        with any_database.read() as session:
            first = AuditLog.list(session, manager(people), AuditFilter(), PageRequest(3))
        assert [entry.seq for entry in first.items] == [5, 4, 3]
        assert first.next_cursor is not None


def test_keys_have_no_secret_in_the_trail(
    any_database: Database, clock: FrozenClock, trail: Trail, people: People
) -> None:
    with acting(act_of(people)), any_database.write() as session:
        issued = AccessKeys(clock=clock).create(session, tenant_id=people.tenant, user_id=None, name="k", role="member")
    with any_database.read() as session:
        row = session.scalars(select(AccessKey)).one()
        told = str([event.changes for event in session.scalars(select(AuditEvent))])
    assert issued.token not in told
    assert row.token_hash not in told
