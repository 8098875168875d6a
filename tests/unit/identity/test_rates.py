"""Limits hold across processes: never more than the limit in a window, whoever asks."""

from __future__ import annotations

from threading import Thread

from identity.rates import RateLimiter
from kit.db.database import Database
from tests.clock import FrozenClock


class TestOneProcess:
    def test_lets_as_many_through_as_the_limit_says(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        taken = [limiter.take("k", limit=7, seconds=60) for _ in range(9)]
        assert [one.is_allowed for one in taken] == [True] * 7 + [False] * 2
        assert taken[-1].reset == 60

    def test_begins_anew_in_the_next_window(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        assert [limiter.take("k", limit=1, seconds=60).is_allowed for _ in range(2)] == [True, False]
        clock.advance(60)
        assert limiter.take("k", limit=1, seconds=60).is_allowed

    def test_counts_each_subject_by_itself(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        assert limiter.take("a", limit=1, seconds=60).is_allowed
        assert limiter.take("b", limit=1, seconds=60).is_allowed


class TestWhatIsHeld:
    def test_is_taken_without_asking_the_database(self, database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=database.write, clock=clock)
        assert limiter.take_held("k", limit=100, seconds=60) is None
        assert limiter.take("k", limit=100, seconds=60).is_allowed  # which brings two
        held = limiter.take_held("k", limit=100, seconds=60)
        assert held is not None
        assert (held.is_allowed, held.remaining) == (True, 0)
        assert limiter.take_held("k", limit=100, seconds=60) is None
        limiter.take("k", limit=100, seconds=60)
        clock.advance(60)
        assert limiter.take_held("k", limit=100, seconds=60) is None


class TestSeveralProcesses:
    def test_share_one_limit(self, any_database: Database, clock: FrozenClock) -> None:
        limiters = [RateLimiter(write=any_database.write, clock=clock) for _ in range(3)]
        allowed: list[bool] = []

        def hammer(limiter: RateLimiter) -> None:
            allowed.extend(limiter.take("k", limit=120, seconds=60).is_allowed for _ in range(100))

        threads = [Thread(target=hammer, args=(limiter,)) for limiter in limiters]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(allowed) == 120

    def test_go_on_where_another_left_off(self, any_database: Database, clock: FrozenClock) -> None:
        first = RateLimiter(write=any_database.write, clock=clock)
        assert all(first.take("k", limit=5, seconds=60).is_allowed for _ in range(5))
        assert not RateLimiter(write=any_database.write, clock=clock).take("k", limit=5, seconds=60).is_allowed
