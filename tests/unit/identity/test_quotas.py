"""What a tenant may take up."""

from __future__ import annotations

import pytest

from identity.errors import QuotaBeyondCeiling
from identity.models import Tenant
from identity.quota_book import QuotaBook
from identity.quota_limits import Quota, QuotaExceeded, QuotaLimits
from identity.quotas import Quotas
from identity.rates import RateLimiter
from identity.types import ROLE_SCOPES, Principal, Role
from kit.db.database import Database
from kit.errors import Invalid
from tests.clock import FrozenClock


def principal(tenant: str) -> Principal:
    return Principal(tenant, "key", None, "somebody", Role.MEMBER, ROLE_SCOPES[Role.MEMBER])


def quotas(database: Database, clock: FrozenClock, **limits: int) -> Quotas:
    book = QuotaBook(read=database.read, clock=clock, everywhere=QuotaLimits(**limits))
    return Quotas(book, RateLimiter(write=database.write, clock=clock))


def tenant(database: Database, clock: FrozenClock, name: str = "a") -> Principal:
    with database.write() as session:
        session.add(Tenant(id=name, name=name, created_at=clock.now()))
    return principal(name)


class TestSearches:
    def test_are_counted_over_processes_and_by_tenant(self, any_database: Database, clock: FrozenClock) -> None:
        one, other = (quotas(any_database, clock, searches=5) for _ in range(2))
        for number in range(5):
            (one if number % 2 else other).spend_search(principal("a"))
        for process in (one, other):
            with pytest.raises(QuotaExceeded, match="5 searches a day") as refused:
                process.spend_search(principal("a"))
            assert refused.value.remaining == 0
            assert 0 < refused.value.retry_after <= 86_400
        one.spend_search(principal("b"))

    def test_are_free_again_the_next_day(self, database: Database, clock: FrozenClock) -> None:
        limited = quotas(database, clock, searches=1)
        limited.spend_search(principal("a"))
        clock.advance(days=1)
        limited.spend_search(principal("a"))

    def test_are_not_counted_without_a_limit(self, database: Database, clock: FrozenClock) -> None:
        free = quotas(database, clock)
        for _ in range(10):
            free.spend_search(principal("a"))


class TestRoom:
    def test_is_kept_to_the_last_byte(self) -> None:
        limits = QuotaLimits(storage=100, chunks=3)
        limits.check_storage(used=60, added=40)
        with pytest.raises(QuotaExceeded, match="60 bytes are kept and 41 more") as refused:
            limits.check_storage(used=60, added=41)
        assert (refused.value.limit, refused.value.remaining) == (100, 40)
        limits.check_chunks(used=2, added=1)
        with pytest.raises(QuotaExceeded, match="CAIRN_QUOTA_CHUNKS"):
            limits.check_chunks(used=3, added=1)

    def test_is_not_asked_for_by_what_adds_nothing(self) -> None:
        QuotaLimits(storage=100).check_storage(used=200, added=0)


class TestASingleTenants:
    def test_take_the_place_of_the_installations(self, any_database: Database, clock: FrozenClock) -> None:
        everywhere, caller = quotas(any_database, clock, storage=100, chunks=7), tenant(any_database, clock)
        other = tenant(any_database, clock, "b")
        with any_database.write() as session:
            everywhere.book.give(session, caller.tenant_id, {Quota.STORAGE: 500, Quota.CHUNKS: 0})
        with any_database.read() as session:
            assert everywhere.limits(session, caller.tenant_id) == QuotaLimits(storage=500, chunks=0)
            assert everywhere.limits(session, other.tenant_id) == QuotaLimits(storage=100, chunks=7)
        with any_database.write() as session:
            everywhere.book.give(session, caller.tenant_id, {Quota.STORAGE: None})
            assert everywhere.limits(session, caller.tenant_id) == QuotaLimits(storage=100, chunks=0)

    def test_are_narrowed_and_never_raised_by_the_tenant(self, any_database: Database, clock: FrozenClock) -> None:
        caller = tenant(any_database, clock)
        book = quotas(any_database, clock, storage=100).book
        with any_database.write() as session:
            assert book.narrow(session, caller, {Quota.STORAGE: 100, Quota.SEARCHES: 9}).limits == QuotaLimits(
                storage=100, searches=9
            )
            with pytest.raises(QuotaBeyondCeiling, match="101 is more than the 100") as refused:
                book.narrow(session, caller, {Quota.CHUNKS: 5, Quota.STORAGE: 101})
            assert [detail.field for detail in refused.value.details] == ["storage"]
            assert book.get(session, caller.tenant_id).own.chunks == 0
            book.narrow(session, caller, {Quota.STORAGE: None})
            assert book.get(session, caller.tenant_id).own == QuotaLimits(searches=9)
            with pytest.raises(Invalid):
                book.narrow(session, caller, {Quota.SEARCHES: 0})

    def test_hold_where_the_ceiling_came_down_later(self, database: Database, clock: FrozenClock) -> None:
        caller, book = tenant(database, clock), quotas(database, clock).book
        with database.write() as session:
            book.narrow(session, caller, {Quota.CHUNKS: 50})
            assert book.give(session, caller.tenant_id, {Quota.CHUNKS: 20}).limits.chunks == 20
            assert book.give(session, caller.tenant_id, {Quota.CHUNKS: 80}).limits.chunks == 50

    def test_are_known_to_every_process_within_a_second(self, any_database: Database, clock: FrozenClock) -> None:
        caller = tenant(any_database, clock)
        here, there = quotas(any_database, clock), quotas(any_database, clock)
        there.spend_search(caller)
        with any_database.write() as session:
            here.book.give(session, caller.tenant_id, {Quota.SEARCHES: 1})
        clock.advance(1)
        there.spend_search(caller)
        with pytest.raises(QuotaExceeded):
            there.spend_search(caller)
        with any_database.write() as session:
            here.book.give(session, caller.tenant_id, {Quota.SEARCHES: 2})
        clock.advance(1)
        there.spend_search(caller)
