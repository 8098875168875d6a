"""Numbers of tasks and projects: each once, none left out, whoever makes what at the same moment."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from sqlalchemy import select, update

from identity.types import Principal, Role
from kit.db.database import Database
from kit.errors import Conflict
from orchestration.runs.removal import Removal
from orchestration.tasks.models import Project, Task
from orchestration.tasks.numbered import NumberedTasks
from orchestration.tasks.numbers import number_the_rest
from orchestration.tasks.projects import Projects
from orchestration.tasks.types import ActorKind, NewTask
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

MAKERS = 6
ROUNDS = int(os.environ.get("CAIRN_TEST_RACES", "5"))
"""Each maker makes as many; `CAIRN_TEST_RACES=200` for a thorough look."""


class LetGo(Exception):
    """A transaction that comes to nothing."""


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def new(title: str) -> NewTask:
    return NewTask(title, "briefing", "What is new?", assignee_kind=ActorKind.AGENT, assignee_id="adros_deployer")


def numbers(office: Office, table: type[Task | Project], tenant: str) -> Sequence[int | None]:
    with office.database.read() as session:
        return session.scalars(select(table.number).where(table.tenant_id == tenant).order_by(table.number)).all()


def at_once(*acts: Callable[[], object]) -> None:
    """All of them begin together; what they raise is raised."""
    barrier = Barrier(len(acts))

    def begins(act: Callable[[], object]) -> None:
        barrier.wait()
        act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for future in [pool.submit(begins, act) for act in acts]:
            future.result()


class Maker:
    """Makes tasks one after the other, some of which come to nothing."""

    def __init__(self, office: Office, name: str, who: Principal) -> None:
        self.office, self.name, self.who = office, name, who
        self.chosen = random.Random(name)  # noqa: S311 - what is made, no secret
        gate = office.desk.tasks.gate
        self.numbered, self.projects = NumberedTasks(gate, office.desk.tasks), Projects(gate, office.clock)

    def __call__(self) -> None:
        for number in range(ROUNDS):
            self.make(f"{self.name} {number}")
            if self.chosen.random() < 0.3:
                self.let_go(f"{self.name} {number} is let go")

    def make(self, title: str) -> None:
        with self.office.database.write() as session:
            if self.chosen.random() < 0.5:
                self.numbered.create(session, self.who, new(title))
            else:
                self.office.desk.tasks.create(session, self.who, new(title))
        if self.chosen.random() < 0.5:
            with self.office.database.write() as session:
                self.projects.create(session, self.who, title)

    def let_go(self, title: str) -> None:
        with suppress(LetGo), self.office.database.write() as session:
            self.office.desk.tasks.create(session, self.who, new(title))
            raise LetGo
        with suppress(Conflict), self.office.database.write() as session:  # for all but the first
            self.projects.create(session, self.who, "Twice", slug="twice")


class TestTasksThatAreMadeAtOnce:
    @pytest.mark.timeout(300)
    def test_have_numbers_one_after_the_other_in_each_tenant(self, office: Office) -> None:
        others = office.person(Role.ADMIN, office.others)
        at_once(
            *(Maker(office, f"maker {number}", office.admin) for number in range(MAKERS - 2)),
            *(Maker(office, f"stranger {number}", others) for number in range(2)),
        )
        for tenant, makers in ((office.people.tenant, MAKERS - 2), (office.others.tenant, 2)):
            assert numbers(office, Task, tenant) == list(range(1, makers * ROUNDS + 1))
            projects = numbers(office, Project, tenant)
            assert projects == list(range(1, len(projects) + 1))

    @pytest.mark.timeout(300)
    def test_get_no_number_of_one_that_is_deleted_meanwhile(self, office: Office) -> None:
        removal = Removal(office.desk.tasks.gate, office.desk.moves, office.desk.closer, office.clock)
        given: list[int] = []

        def makes_and_deletes() -> None:
            for number in range(ROUNDS):
                with office.database.write() as session:
                    view = office.desk.tasks.create(session, office.admin, new(f"task {number}"))
                given.append(view.number)
                with office.database.write() as session:
                    removal.delete(session, office.admin, view.id)

        at_once(*[makes_and_deletes] * 4)
        assert sorted(given) == list(range(1, 4 * ROUNDS + 1))
        with office.database.write() as session:
            assert office.desk.tasks.create(session, office.admin, new("the next")).number == 4 * ROUNDS + 1


class TestOnesThatAreSentTwiceAtOnce:
    def test_are_made_once(self, office: Office) -> None:
        made: list[tuple[int, bool]] = []

        def send() -> None:
            with office.database.write() as session:
                numbered = NumberedTasks(office.desk.tasks.gate, office.desk.tasks)
                view, is_new = numbered.create(session, office.admin, new("Fix"))
            made.append((view.number, is_new))

        at_once(*[send] * 4)
        assert {number for number, _ in made} == {1}
        assert [is_new for _, is_new in made].count(True) == 1


class TestTheRest:
    def test_is_numbered_behind_what_has_a_number(self, office: Office) -> None:
        tasks = [office.task() for _ in range(4)]
        self.forget(office, Task, tasks[1:3])
        with office.database.write() as session:
            assert number_the_rest(session) == 2
        with office.database.read() as session:
            found = [session.get_one(Task, task).number for task in tasks]
        assert found == [1, 5, 6, 4]

    def test_is_each_tenants_and_projects_too(self, office: Office) -> None:
        with office.database.write() as session:
            office.desk.tasks.create(session, office.person(Role.ADMIN, office.others), new("Theirs"))
        office.task()
        self.forget(office, Task, None)
        self.forget(office, Project, None)
        with office.database.write() as session:
            assert number_the_rest(session) == 4
        for table in (Task, Project):
            for tenant in (office.people.tenant, office.others.tenant):
                assert numbers(office, table, tenant) == [2]

    def test_is_nothing_where_all_have_one(self, office: Office) -> None:
        office.task()
        with office.database.write() as session:
            assert number_the_rest(session) == 0
        assert numbers(office, Task, office.people.tenant) == [1]

    def test_is_numbered_once_while_others_make_more(self, office: Office) -> None:
        tasks = [office.task() for _ in range(6)]
        self.forget(office, Task, tasks)

        def numbers_the_rest() -> None:
            with office.database.write() as session:
                number_the_rest(session)

        at_once(*[numbers_the_rest] * 3, Maker(office, "maker", office.admin))
        found = numbers(office, Task, office.people.tenant)
        assert found == list(range(7, 6 + 6 + ROUNDS + 1))

    @staticmethod
    def forget(office: Office, table: type[Task | Project], ids: Sequence[str] | None) -> None:
        """As rows of a version that numbers nothing."""
        which = table.id.is_not(None) if ids is None else table.id.in_(ids)
        with office.database.write() as session:
            session.execute(update(table).where(which).values(number=None))
