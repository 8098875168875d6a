"""What a tenant may take up."""

from __future__ import annotations

import pytest

from identity.quotas import QuotaExceeded, QuotaLimits, Quotas
from identity.rates import RateLimiter
from identity.types import ROLE_SCOPES, Principal, Role
from kit.db.database import Database
from tests.clock import FrozenClock


def principal(tenant: str) -> Principal:
    return Principal(tenant, "key", None, "somebody", Role.MEMBER, ROLE_SCOPES[Role.MEMBER])


def quotas(database: Database, clock: FrozenClock, **limits: int) -> Quotas:
    return Quotas(QuotaLimits(**limits), RateLimiter(write=database.write, clock=clock))


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
    def test_is_kept_to_the_last_byte(self, database: Database, clock: FrozenClock) -> None:
        limited = quotas(database, clock, storage=100, chunks=3)
        limited.check_storage(used=60, added=40)
        with pytest.raises(QuotaExceeded, match="60 bytes are kept and 41 more") as refused:
            limited.check_storage(used=60, added=41)
        assert (refused.value.limit, refused.value.remaining) == (100, 40)
        limited.check_chunks(used=2, added=1)
        with pytest.raises(QuotaExceeded, match="CAIRN_QUOTA_CHUNKS"):
            limited.check_chunks(used=3, added=1)

    def test_is_not_asked_for_by_what_adds_nothing(self, database: Database, clock: FrozenClock) -> None:
        limited = quotas(database, clock, storage=100)
        limited.check_storage(used=200, added=0)
