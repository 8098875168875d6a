"""Who holds a tenant's originals keeps nobody from writing rows that point to the tenant."""

from __future__ import annotations

from threading import Thread

from identity.audit.acts import Act
from identity.audit.trail import Deed, Trail
from identity.audit.types import ActorType
from ingest.files import repository
from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.identity.people import settle


def test_the_trail_is_written_while_originals_are_held(pg_database: Database, clock: FrozenClock) -> None:
    """An upload holds them and then asks for the trail: one that waited here would wait for it for ever."""
    trail = Trail(clock=clock)
    with pg_database.write() as session:
        people = settle(session, clock)
    act = Act(people.tenant, ActorType.USER, people.admin, "Ada", key_id="K1")

    def read() -> None:
        with pg_database.write() as session:
            trail.record(session, [Deed(act, clock.now(), "read", "file", "F", {})])

    reading = Thread(target=read)
    with pg_database.write() as session:
        repository.hold_originals(session, people.tenant)
        reading.start()
        reading.join(5)
        waited = reading.is_alive()
    reading.join()
    assert not waited
