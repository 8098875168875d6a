from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from retrieval.stores.edge.turnstile import WRITE_PATIENCE, Turnstile


class Queue:
    """Threads that wait for their turn one after the other and note the order in which they get it."""

    def __init__(self, turns: Turnstile) -> None:
        self.turns = turns
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []

    def enter(self, name: str, turn: Callable[[], AbstractContextManager[None]]) -> None:
        waiting = len(self.turns._changed._waiters)  # type: ignore[attr-defined]  # the only sign of a waiting thread

        def go() -> None:
            with turn():
                self.order.append(name)

        thread = threading.Thread(target=go, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
        while thread.is_alive() and len(self.turns._changed._waiters) == waiting:  # type: ignore[attr-defined]  # as above
            pass

    def join(self) -> list[str]:
        for thread in self._threads:
            thread.join(5)
        return self.order


class Clocks:
    """A clock that shows each thread the time set for it until it has looked at it twice, and the latest time then."""

    def __init__(self) -> None:
        self._now: dict[str, float] = {}
        self._looks: Counter[str] = Counter()

    def set(self, **now: float) -> None:
        self._now = now

    def monotonic(self) -> float:
        name = threading.current_thread().name
        self._looks[name] += bool(self._now)
        return self._now.get(name, 0.0) if self._looks[name] <= 2 else max(self._now.values())


@pytest.fixture
def turns() -> Turnstile:
    return Turnstile()


@pytest.fixture
def queue(turns: Turnstile) -> Queue:
    return Queue(turns)


class TestTurns:
    def test_searches_go_before_writes_and_writes_in_order(
        self, turns: Turnstile, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("retrieval.stores.edge.turnstile.WRITE_PATIENCE", 60.0)
        with turns.search():
            queue.enter("write 1", turns.write)
            queue.enter("write 2", turns.write)
            queue.enter("search", turns.search)
        assert queue.join() == ["search", "write 1", "write 2"]

    def test_a_write_that_has_waited_too_long_goes_before_searches(
        self, turns: Turnstile, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("retrieval.stores.edge.turnstile.WRITE_PATIENCE", 0.0)
        with turns.search():
            queue.enter("write", turns.write)
            queue.enter("search", turns.search)
        assert queue.join() == ["write", "search"]

    def test_overdue_writes_and_searches_alternate(
        self, turns: Turnstile, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("retrieval.stores.edge.turnstile.WRITE_PATIENCE", 0.0)
        with turns.search():
            queue.enter("write", turns.write)
            queue.enter("write", turns.write)
            queue.enter("search", turns.search)
            queue.enter("search", turns.search)
        assert queue.join() == ["write", "search", "write", "search"]

    def test_a_write_that_looked_just_before_it_was_overdue_does_not_wait_for_ever(
        self, turns: Turnstile, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clocks = Clocks()
        monkeypatch.setattr("retrieval.stores.edge.turnstile.time", clocks)
        with turns.search():
            queue.enter("write", turns.write)
            queue.enter("search", turns.search)
            clocks.set(write=WRITE_PATIENCE * 0.99, search=WRITE_PATIENCE * 1.01)
        assert queue.join() == ["write", "search"]

    def test_an_error_inside_gives_the_turn_back(self, turns: Turnstile) -> None:
        with pytest.raises(KeyError), turns.write():
            raise KeyError
        with turns.search():
            assert True


class TestHold:
    def test_stops_writes_and_nothing_else(self, turns: Turnstile, queue: Queue) -> None:
        with turns.writes_held():
            queue.enter("write", turns.write)
            with turns.search():
                queue.order.append("search")
            with turns.maintenance():
                queue.order.append("maintenance")
        assert queue.join() == ["search", "maintenance", "write"]
