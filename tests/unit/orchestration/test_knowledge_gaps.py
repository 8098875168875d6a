"""Gaps that are reported are tasks, once for each question that is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from identity.types import Principal, Role, Scope
from kit.db.database import Database
from kit.pagination import PageRequest
from orchestration.knowledge_gaps import GAP, KnowledgeGaps
from orchestration.tasks.types import TaskQuery, TaskStatus, TaskView
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

QUESTION = "Who pays for parking?"


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def report(office: Office, who: Principal, *datasets: str, question: str = QUESTION) -> str:
    with office.database.write() as session:
        gaps = KnowledgeGaps(office.desk.tasks)
        return gaps.report(session, who, question=question, missing="Nothing on parking.", dataset_ids=datasets)


def seen(office: Office, who: Principal) -> list[TaskView]:
    with office.database.read() as session:
        return list(office.desk.tasks.list(session, who, TaskQuery(), PageRequest(50)).items)


class TestAReportedGap:
    def test_is_a_task_that_is_nobodys_yet(self, office: Office) -> None:
        dataset = office.dataset("researcher")
        searcher = replace(office.agent("researcher"), scopes=frozenset({Scope.SEARCH}))
        report(office, searcher, dataset)
        (task,) = seen(office, office.admin)
        assert (task.title, task.kind, task.status) == (f"Missing: {QUESTION}", GAP, TaskStatus.CREATED)
        assert (task.description, task.dataset_id, task.assignee) == ("Nothing on parking.", dataset, None)
        with office.database.read() as session:
            made = office.desk.tasks.timeline(session, office.admin, task.id)[0]
        assert (made.type, made.actor.id) == ("created", "researcher")

    def test_is_reported_once_while_it_is_open(self, office: Office) -> None:
        dataset, other = office.dataset("researcher"), office.dataset("researcher")
        first = report(office, office.agent("researcher"), dataset)
        assert report(office, office.admin, dataset) == first
        assert report(office, office.admin, other) != first
        assert report(office, office.admin, dataset, question="And for trains?") != first
        office.move(first, TaskStatus.CANCELLED)
        assert report(office, office.admin, dataset) != first
        assert len(seen(office, office.admin)) == 4

    def test_is_shown_to_whom_its_documents_are(self, office: Office) -> None:
        one, two = office.dataset("researcher"), office.dataset("researcher")
        about_one = report(office, office.admin, one)
        about_both = report(office, office.admin, one, two)
        assert {task.id for task in seen(office, office.admin)} == {about_one, about_both}
        held = replace(office.admin, dataset_ids=(one,))
        assert [task.id for task in seen(office, held)] == [about_one]
        away = replace(office.admin, dataset_ids=(two,))
        for who in (away, office.person(Role.ADMIN, office.others), office.agent("researcher")):
            assert seen(office, who) == []

    def test_has_a_title_of_its_own_length(self, office: Office) -> None:
        report(office, office.admin, question="W" * 400)
        (task,) = seen(office, office.admin)
        assert (len(task.title), task.title[-1]) == (300, "…")
