"""Projects, and tasks that follow others: who sees them, and what they inherit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from identity.types import Principal, Role
from kit.db.database import Database
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from orchestration.approvals.reviews import Reviews
from orchestration.approvals.types import Decision, Resolution
from orchestration.tasks.follow_ups import FollowUps
from orchestration.tasks.projects import Projects
from orchestration.tasks.types import ActorKind, FollowUp, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

NEXT = FollowUp("Next", "What follows?", "briefing", ActorKind.AGENT, "adros_cmo")


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def projects(office: Office) -> Projects:
    return Projects(office.resolver.names, office.clock)


def follow_ups(office: Office) -> FollowUps:
    return FollowUps(office.resolver.names, office.desk.tasks, office.clock)


def reviews(office: Office) -> Reviews:
    return Reviews(office.resolver.names, office.resolver, office.desk.moves)


def known(office: Office, principal: Principal) -> dict[str, int]:
    with office.database.read() as session:
        return {one.name: one.task_count for one in projects(office).list(session, principal)}


class TestProjects:
    def test_are_known_in_their_tenant_and_to_agents_by_their_tasks(self, office: Office) -> None:
        with office.database.write() as session:
            made = projects(office).create(session, office.person(Role.MEMBER), "  Spring Fair ")
        assert (made.slug, made.name) == ("spring-fair", "Spring Fair")
        office.task(project_id=made.id)
        office.task()
        assert known(office, office.person(Role.REVIEWER)) == {"General": 1, "Spring Fair": 1}
        assert known(office, office.agent("researcher")) == {"General": 1, "Spring Fair": 1}
        for stranger in (office.agent("adros_cmo"), office.person(Role.ADMIN, office.others)):
            assert known(office, stranger) == {}
            with pytest.raises(NotFound), office.database.read() as session:
                projects(office).get(session, stranger, made.id)

    def test_of_one_slug_are_refused_and_leave_the_transaction_whole(self, office: Office) -> None:
        with office.database.write() as session:
            projects(office).create(session, office.admin, "Spring")
            with pytest.raises(Conflict, match="'spring' already"):
                projects(office).create(session, office.admin, "SPRING")
            projects(office).create(session, office.admin, "Autumn")
        with office.database.write() as session:
            projects(office).create(session, office.person(Role.ADMIN, office.others), "Spring")
        assert known(office, office.admin) == {"Autumn": 0, "Spring": 0}

    def test_are_not_made_by_agents_or_readers(self, office: Office) -> None:
        for who in (office.agent("researcher"), office.person(Role.REVIEWER)):
            with pytest.raises(Forbidden), office.database.write() as session:
                projects(office).create(session, who, "Mine")


class TestFollowUps:
    def test_are_linked_and_in_the_timeline(self, office: Office) -> None:
        task = office.task()
        with office.database.write() as session:
            made = follow_ups(office).add(session, office.person(Role.MEMBER), task, NEXT)
        with office.database.read() as session:
            assert follow_ups(office).of(session, office.admin, task).follow_ups == [made.id]
            assert follow_ups(office).of(session, office.admin, made.id).follows == task
            line = office.desk.tasks.timeline(session, office.admin, task)[-1]
        assert (line.type, made.id in str(line.data)) == ("follow_up_added", False)

    def test_are_hidden_from_agents_whose_they_are_not(self, office: Office) -> None:
        task = office.task()
        with office.database.write() as session:
            made = follow_ups(office).add(session, office.admin, task, NEXT)
        with office.database.read() as session:
            assert follow_ups(office).of(session, office.agent("researcher"), task).follow_ups == []
            assert follow_ups(office).of(session, office.agent("adros_cmo"), made.id).follows is None

    def test_of_agents_are_their_own_work(self, office: Office) -> None:
        task = office.task()
        with pytest.raises(Invalid), office.database.write() as session:
            follow_ups(office).add(session, office.agent("researcher"), task, NEXT)
        with office.database.write() as session:
            follow_ups(office).add(session, office.agent("researcher"), task, replace(NEXT, assignee_id="researcher"))


class TestReviews:
    def decide(self, office: Office, task: str, resolution: Resolution, note: str | None = None) -> None:
        with office.database.write() as session:
            reviews(office).decide(session, office.admin, task, Decision(resolution, note))

    def test_of_what_a_person_brought_end_it_or_send_it_back(self, office: Office) -> None:
        task = office.working(assignee_kind=ActorKind.HUMAN, assignee_id=office.people.member)
        office.move(task, TaskStatus.AWAITING_REVIEW)
        with pytest.raises(Invalid):
            self.decide(office, task, Resolution.REJECTED, " ")
        self.decide(office, task, Resolution.REJECTED, "Shorter.")
        with office.database.read() as session:
            back = office.desk.tasks.get(session, office.admin, task)
        assert (back.status, back.feedback) == (TaskStatus.ASSIGNED, "Shorter.")
        office.move(task, TaskStatus.IN_PROGRESS, TaskStatus.AWAITING_REVIEW)
        self.decide(office, task, Resolution.APPROVED)
        with pytest.raises(Conflict, match="is done and waits for no decision"):
            self.decide(office, task, Resolution.APPROVED)

    def test_are_not_for_agents_or_members(self, office: Office) -> None:
        task = office.working()
        office.request(task_ids=[task])
        for who in (office.agent("researcher"), office.person(Role.MEMBER)):
            with pytest.raises(Forbidden), office.database.write() as session:
                reviews(office).decide(session, who, task, Decision(Resolution.APPROVED))
