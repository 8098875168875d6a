"""Limits hold across processes: never more than the limit in a window, whoever asks."""

from __future__ import annotations

from threading import Thread

from identity.rates import Allowance, Bound, RateLimiter
from kit.db.database import Database
from tests.clock import FrozenClock


class TestOneProcess:
    def test_lets_as_many_through_as_the_limit_says(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        taken = [limiter.take(Bound("k", 7, 60)) for _ in range(9)]
        assert [one.is_allowed for one in taken] == [True] * 7 + [False] * 2
        assert taken[-1].reset == 60

    def test_begins_anew_in_the_next_window(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        assert [limiter.take(Bound("k", 1, 60)).is_allowed for _ in range(2)] == [True, False]
        clock.advance(60)
        assert limiter.take(Bound("k", 1, 60)).is_allowed

    def test_counts_each_subject_by_itself(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        assert limiter.take(Bound("a", 1, 60)).is_allowed
        assert limiter.take(Bound("b", 1, 60)).is_allowed


class TestWhatIsHeld:
    def test_is_taken_without_asking_the_database(self, database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=database.write, clock=clock)
        assert limiter.take_held([Bound("k", 100, 60)]) is None
        assert limiter.take(Bound("k", 100, 60)).is_allowed  # which brings two
        held = limiter.take_held([Bound("k", 100, 60)])
        assert held is not None
        assert [(one.is_allowed, one.remaining) for one in held] == [(True, 0)]
        assert limiter.take_held([Bound("k", 100, 60)]) is None
        limiter.take(Bound("k", 100, 60))
        clock.advance(60)
        assert limiter.take_held([Bound("k", 100, 60)]) is None

    def test_is_used_of_all_bounds_or_of_none(self, database: Database, clock: FrozenClock) -> None:
        limiter, wide, narrow = RateLimiter(write=database.write, clock=clock), Bound("w", 200, 60), Bound("n", 50, 60)
        limiter.take(wide)  # leaves three of four
        assert limiter.take_held([wide, narrow]) is None
        assert limiter.take_held([wide]) == [Allowance(200, 2, 60, is_allowed=True)]
        assert limiter.take_held([]) == []

    def test_is_of_no_use_once_the_limit_is_another(self, any_database: Database, clock: FrozenClock) -> None:
        limiter = RateLimiter(write=any_database.write, clock=clock)
        assert limiter.take(Bound("k", 500, 60)).remaining == 9
        assert limiter.take_held([Bound("k", 5, 60)]) is None
        assert not limiter.take(Bound("k", 5, 60)).is_allowed
        assert limiter.take(Bound("k", 11, 60)).is_allowed


class TestSeveralProcesses:
    def test_share_one_limit(self, any_database: Database, clock: FrozenClock) -> None:
        limiters = [RateLimiter(write=any_database.write, clock=clock) for _ in range(3)]
        allowed: list[bool] = []

        def hammer(limiter: RateLimiter) -> None:
            allowed.extend(limiter.take(Bound("k", 120, 60)).is_allowed for _ in range(100))

        threads = [Thread(target=hammer, args=(limiter,)) for limiter in limiters]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(allowed) == 120

    def test_go_on_where_another_left_off(self, any_database: Database, clock: FrozenClock) -> None:
        first = RateLimiter(write=any_database.write, clock=clock)
        assert all(first.take(Bound("k", 5, 60)).is_allowed for _ in range(5))
        assert not RateLimiter(write=any_database.write, clock=clock).take(Bound("k", 5, 60)).is_allowed
