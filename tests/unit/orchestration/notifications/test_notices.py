"""What happens to tasks and approvals tells those whom it concerns, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from identity.models import User
from identity.types import Principal, Role
from kit.db.database import Database
from orchestration.agents.types import AdapterType
from orchestration.approvals.types import RiskLevel
from orchestration.notifications.belongings import NotificationsOfDataset
from orchestration.notifications.models import Notification
from orchestration.notifications.service import Notifications
from orchestration.notifications.types import KEEP, NewNotification, NotificationQuery, NotificationView
from orchestration.tasks.errors import MentionsNobody
from orchestration.tasks.types import ActorKind, CommentKind, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

EVERYTHING = NotificationQuery()


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def inbox(office: Office, principal: Principal) -> list[NotificationView]:
    service = Notifications(office.resolver.names, office.clock)
    with office.database.read() as session:
        return list(service.list(session, principal, EVERYTHING, limit=50, offset=0)[0])


def told(office: Office, principal: Principal) -> list[tuple[str, str]]:
    """Type and title, newest first."""
    return [(one.type.value, one.title) for one in inbox(office, principal)]


def comment(office: Office, principal: Principal, task_id: str, text: str) -> None:
    with office.database.write() as session:
        office.desk.comments.add(session, principal, task_id, text, CommentKind.COMMENT)


class TestTheEndOfATask:
    def test_is_told_to_who_made_it(self, office: Office) -> None:
        office.move(office.working(), TaskStatus.DONE)
        (done,) = inbox(office, office.admin)
        assert (done.type, done.title, done.source) == ("success", "Done: Brief", "tasks")
        assert done.read_at is None

    def test_that_failed_says_why(self, office: Office) -> None:
        task_id = office.working()
        office.move(task_id, TaskStatus.FAILED)
        (failed,) = inbox(office, office.admin)
        assert (failed.type, failed.title, failed.link) == ("error", "Failed: Brief", f"/#/tasks/{task_id}")

    def test_is_told_to_nobody_else(self, office: Office) -> None:
        office.move(office.working(), TaskStatus.DONE)
        other_key = replace(office.admin, key_id="another", user_id=None)
        for somebody in (
            office.person(Role.MEMBER), office.person(Role.ADMIN, office.others), office.agent("researcher"), other_key
        ):  # fmt: skip
            assert told(office, somebody) == []

    def test_is_told_to_all_keys_of_a_person_unless_they_are_held_to_something_else(self, office: Office) -> None:
        within = office.dataset("researcher")
        office.move(office.working(dataset_id=within), TaskStatus.DONE)
        assert len(told(office, replace(office.admin, key_id="another"))) == 1
        assert len(told(office, replace(office.admin, dataset_ids=[within]))) == 1
        assert told(office, replace(office.admin, dataset_ids=[office.dataset("researcher")])) == []

    def test_is_not_told_to_tokens_of_workspaces(self, office: Office) -> None:
        """An agent may work in several of them."""
        office.move(office.task(assignee_id="adros_cd"), TaskStatus.IN_PROGRESS)
        comment(office, office.admin, office.task(assignee_id="adros_cd"), "@agent:adros_cd look")
        agent = office.agent("adros_cd")
        assert (len(told(office, agent)), told(office, replace(agent, workspace_id="one"))) == (1, [])

    def test_is_not_told_to_an_agent_that_is_run_here(self, office: Office) -> None:
        """It would never look; a program elsewhere does."""
        office.configure("adros_cmo", AdapterType.EXTRACTIVE)
        for role in ("adros_cmo", "adros_cd"):
            agent = office.agent(role)
            comment(office, office.admin, office.task(assignee_id=role), f"@agent:{role} look")
            assert len(told(office, agent)) == (1 if role == "adros_cd" else 0)


class TestWhatIsAsked:
    def test_of_administrators_is_told_to_each_of_them(self, office: Office) -> None:
        approval_id = office.request(title="Publish?", risk=RiskLevel.HIGH)
        (asked,) = inbox(office, office.admin)
        assert (asked.type, asked.title) == ("warning", "Approval asked: Publish?")
        assert asked.link == f"/#/approvals/{approval_id}"
        for somebody in (office.person(Role.MEMBER), office.person(Role.ADMIN, office.others)):
            assert told(office, somebody) == []

    def test_of_who_has_left_is_not_told(self, office: Office) -> None:
        with office.database.write() as session:
            session.get_one(User, office.people.admin).deactivated_at = office.clock.now()
        office.request()
        assert told(office, office.admin) == []

    def test_of_a_person_by_name_is_told_to_that_one(self, office: Office) -> None:
        member, task_id = office.person(Role.MEMBER), office.working()
        with office.database.write() as session:
            office.desk.blockers.add(session, office.admin, task_id, "Which year?", person_id=office.people.member)
        ((kind, title),) = told(office, member)
        assert kind == "warning"
        assert title.endswith("asks you: Brief")

    def test_as_a_task_is_told_to_who_is_to_do_it(self, office: Office) -> None:
        office.task(assignee_kind=ActorKind.HUMAN, assignee_id=office.people.member)
        assert told(office, office.person(Role.MEMBER)) == [("info", "For you: Brief")]
        assert told(office, office.admin) == []


class TestAMention:
    def test_is_told_with_what_was_said(self, office: Office) -> None:
        comment(office, office.admin, office.task(), f"@human:{office.people.member} what do you think?" + "." * 600)
        (mention,) = inbox(office, office.person(Role.MEMBER))
        assert mention.title == "You are mentioned: Brief"
        assert len(mention.message) == 500
        assert told(office, office.person(Role.REVIEWER)) == []

    def test_of_oneself_is_not(self, office: Office) -> None:
        comment(office, office.admin, office.task(), f"@human:{office.people.admin} remember")
        assert told(office, office.admin) == []

    def test_that_is_refused_tells_nobody(self, office: Office) -> None:
        task_id, member = office.task(), office.people.member
        with pytest.raises(MentionsNobody):
            comment(office, office.admin, task_id, f"@human:{member} and @human:nobody look")
        assert told(office, office.person(Role.MEMBER)) == []


class TestOldOnes:
    def test_are_dropped_when_their_recipient_is_told_something_new(self, office: Office) -> None:
        service = Notifications(office.resolver.names, office.clock)
        for title in ("old", "new"):
            with office.database.write() as session:
                service.create(session, office.admin, NewNotification(title, "text"))
                service.create(session, office.person(Role.ADMIN, office.others), NewNotification(title, "text"))
            office.clock.advance(days=KEEP.days + 1)
        assert [title for _, title in told(office, office.admin)] == ["new"]
        with office.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Notification)) == 2

    def test_about_a_dataset_go_with_it(self, office: Office) -> None:
        gone, kept = office.dataset("researcher"), office.dataset("researcher")
        for dataset_id in (gone, kept):
            office.move(office.working(dataset_id=dataset_id), TaskStatus.DONE)
        with office.database.write() as session:
            NotificationsOfDataset().remove(session, gone)
        assert len(told(office, office.admin)) == 1
