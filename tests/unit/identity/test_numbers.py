"""Numbers of people, where several are added at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from identity.models import User
from identity.tenants import Tenants
from kit.db.database import Database
from tests.clock import FrozenClock

_PEOPLE = 8


class TestNumbers:
    def test_are_of_their_own_for_people_who_come_at_once(self, any_database: Database, clock: FrozenClock) -> None:
        tenants, together = Tenants(clock), Barrier(_PEOPLE)

        def arrive(number: int) -> None:
            together.wait()
            with any_database.write() as session:
                tenants.create(session, name=f"tenant {number}", email=f"p{number}@example.org", person="P")

        with ThreadPoolExecutor(_PEOPLE) as pool:
            list(pool.map(arrive, range(_PEOPLE)))
        with any_database.read() as session:
            numbers = sorted(number or 0 for number in session.scalars(select(User.number)))
        assert numbers == list(range(numbers[0], numbers[0] + _PEOPLE))
