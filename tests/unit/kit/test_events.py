"""Events are written with the change they tell of, in the order of the commits, and every process hands on the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from kit.db.database import Database
from kit.events import outbox
from kit.events.feed import Feed
from kit.events.outbox import publish
from kit.events.types import Happened, NewEvent
from tests.clock import FrozenClock


class Newsroom:
    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock

    def publish(self, *words: str, tenant: str = "acme") -> None:
        with self.database.write() as session:
            for word in words:
                publish(session, NewEvent("said", tenant, {"word": word}), at=self.clock.now())

    def written(self) -> list[Happened]:
        with self.database.read() as session:
            return list(outbox.after(session, 0, limit=10_000))


def words(events: object) -> list[object]:
    return [event.data["word"] for event in events]  # type: ignore[attr-defined]  # a sequence of Happened


@pytest.fixture
def newsroom(any_database: Database, clock: FrozenClock) -> Newsroom:
    return Newsroom(any_database, clock)


@pytest.fixture
def feed(newsroom: Newsroom) -> Iterator[Feed]:
    feed = Feed(newsroom.database, look_seconds=0.02)
    yield feed
    feed.close()


class TestPublishing:
    def test_writes_what_happened_with_its_time_and_in_order(self, newsroom: Newsroom) -> None:
        newsroom.publish("one", "two")

        first, second = newsroom.written()
        assert words([first, second]) == ["one", "two"]
        assert first.id < second.id
        assert first.at == newsroom.clock.now()

    def test_leaves_no_trace_of_a_transaction_that_failed(self, newsroom: Newsroom) -> None:
        def fail() -> None:
            with newsroom.database.write() as session:
                publish(session, NewEvent("said", "acme", {"word": "lost"}), at=newsroom.clock.now())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        newsroom.publish("kept")

        assert words(newsroom.written()) == ["kept"]

    def test_numbers_never_come_out_of_order_for_a_reader_while_many_write(self, newsroom: Newsroom) -> None:
        before = newsroom.written()
        begin, done = Barrier(5), threading.Event()

        def write(writer: int) -> None:
            begin.wait()
            for number in range(25):
                newsroom.publish(f"{writer}-{number}")

        writers = [Thread(target=write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        begin.wait()
        seen: list[Happened] = []
        cursor = before[-1].id if before else 0
        while not done.is_set():
            if not any(writer.is_alive() for writer in writers):
                done.set()
            with newsroom.database.read() as session:
                found = outbox.after(session, cursor, limit=10_000)
            seen += found
            cursor = found[-1].id if found else cursor

        assert len(seen) == 100
        assert len({event.id for event in seen}) == 100

    def test_a_number_is_not_given_twice_when_the_newest_are_forgotten(self, newsroom: Newsroom) -> None:
        newsroom.publish("old")
        (old,) = newsroom.written()
        with newsroom.database.write() as session:
            assert outbox.forget(session, before=newsroom.clock.now() + timedelta(seconds=1)) == 1
        newsroom.publish("new")

        (new,) = newsroom.written()
        assert new.id > old.id


class TestFeed:
    def test_hands_on_what_follows_a_number_and_only_the_tenants_own(self, newsroom: Newsroom, feed: Feed) -> None:
        newsroom.publish("before")
        cursor = feed.now()
        newsroom.publish("ours")
        newsroom.publish("theirs", tenant="globex")

        events, until = feed.after(cursor, "acme")

        assert words(events) == ["ours"]
        assert feed.after(until, "acme")[0] == []

    def test_wakes_who_watches_when_another_process_writes(self, newsroom: Newsroom, feed: Feed) -> None:
        other = Newsroom(Database(newsroom.database.engine.url.render_as_string(hide_password=False)), newsroom.clock)
        woken = threading.Event()
        cursor = feed.now()
        token = feed.watch("acme", woken.set)
        assert woken.wait(10)  # it has begun to look
        woken.clear()

        other.publish("from afar")

        assert woken.wait(10)
        assert words(feed.after(cursor, "acme")[0]) == ["from afar"]
        feed.leave(token)
        other.database.close()

    def test_wakes_nobody_for_what_is_anothers(self, newsroom: Newsroom, feed: Feed) -> None:
        ours, theirs = threading.Event(), threading.Event()
        feed.watch("acme", ours.set)
        feed.watch("globex", theirs.set)
        assert ours.wait(10)
        assert theirs.wait(10)
        ours.clear()
        theirs.clear()

        newsroom.publish("theirs", tenant="globex")
        assert theirs.wait(10)
        assert not ours.is_set()

    def test_tells_from_memory_what_it_has_looked_at_while_somebody_watches(
        self, newsroom: Newsroom, feed: Feed
    ) -> None:
        newsroom.publish("before")
        cursor = feed.now()
        assert feed.recent(cursor, "acme") is None  # nobody has watched
        woken = threading.Event()
        feed.watch("acme", woken.set)
        assert woken.wait(10)
        woken.clear()
        for word in ("first", "second"):
            newsroom.publish("theirs", tenant="globex")
            newsroom.publish(word)
            assert woken.wait(10)
            woken.clear()

        known = feed.recent(cursor, "acme")

        assert known is not None
        assert words(known[0]) == ["first", "second"]
        assert known == feed.after(cursor, "acme")
        assert feed.recent(cursor - 1, "acme") is None  # from before it began to look

    def test_loses_nothing_between_memory_and_table(self, newsroom: Newsroom, feed: Feed) -> None:
        cursor = feed.now()
        seen: list[object] = []
        for number in range(30):
            token = feed.watch("acme", lambda: None)
            newsroom.publish(str(number))
            events, cursor = feed.after(cursor, "acme")
            seen += words(events)
            if number % 3 == 0:
                feed.leave(token)

        events, cursor = feed.after(cursor, "acme")
        deadline = threading.Event()
        while len(seen) + len(events) < 30 and not deadline.wait(0.02):
            more, cursor = feed.after(cursor, "acme")
            events = [*events, *more]

        assert [*seen, *words(events)] == [str(number) for number in range(30)]

    def test_knows_which_numbers_it_can_go_on_from(self, newsroom: Newsroom, feed: Feed) -> None:
        newsroom.publish("old")
        old = feed.now()
        newsroom.publish("newer")
        newest = feed.now()
        assert feed.is_known(old)
        assert feed.is_known(newest)
        assert not feed.is_known(newest + 1)

        with newsroom.database.write() as session:
            outbox.forget(session, before=newsroom.clock.now() + timedelta(seconds=1))
        newsroom.publish("newest")

        assert not feed.is_known(old)
        assert feed.is_known(newest)

    def test_wakes_everybody_a_last_time_when_it_closes(self, newsroom: Newsroom, feed: Feed) -> None:
        woken = threading.Event()
        feed.watch("acme", woken.set)

        feed.close()

        assert woken.is_set()
        assert feed.is_closed
