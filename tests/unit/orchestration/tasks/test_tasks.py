"""Tasks: who sees them, what their status may become, what is said about them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from identity.types import Principal, Role
from kit.db.database import Database
from kit.errors import Conflict, Forbidden, Invalid, NotFound, Unprocessable
from kit.pagination import PageRequest
from orchestration.tasks.machine import ENDED, TRANSITIONS, check
from orchestration.tasks.types import ActorKind, CommentKind, NewTask, RunState, TaskQuery, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def listed(office: Office, principal: Principal) -> set[str]:
    with office.database.read() as session:
        found = office.desk.tasks.list(session, principal, TaskQuery(), PageRequest(50))
    return {one.id for one in found.items}


class TestTheTable:
    def test_names_every_status(self) -> None:
        assert set(TRANSITIONS) == set(TaskStatus)

    def test_leaves_no_task_without_a_way_to_its_end(self) -> None:
        for start in TaskStatus:
            reached, found = set[TaskStatus](), {start}
            while found - reached:
                reached |= found
                found = {after for one in reached for after in TRANSITIONS[one]}
            assert reached & ENDED, start

    def test_is_what_check_goes_by(self) -> None:
        for present, wanted in product(TaskStatus, TaskStatus):
            if wanted in TRANSITIONS[present]:
                check("t", present, wanted)
            else:
                said = f"{present} already" if present is wanted else f"{present} and cannot become {wanted}"
                with pytest.raises(Conflict, match=said):
                    check("t", present, wanted)


class TestATask:
    def test_of_an_agent_is_in_the_queue_as_it_is_made(self, office: Office) -> None:
        assert office.jobs(office.task()) == 1

    def test_of_an_agent_that_is_run_elsewhere_waits_for_that_agent(self, office: Office) -> None:
        task = office.task(assignee_id="adros_deployer")
        with office.database.read() as session:
            detail = office.desk.tasks.detail(session, office.admin, task)
        assert (office.jobs(task), detail.task.status) == (0, TaskStatus.ASSIGNED)
        assert [run.state for run in detail.runs] == [RunState.QUEUED]

    def test_of_a_key_that_is_held_to_datasets_names_one(self, office: Office) -> None:
        narrowed = replace(office.admin, dataset_ids=["01K00000000000000000000000"])
        with pytest.raises(Forbidden, match="name the one"), office.database.write() as session:
            office.desk.tasks.create(session, narrowed, NewTask("a", "b", "c"))

    def test_of_a_person_waits_for_that_person(self, office: Office) -> None:
        task = office.task(assignee_kind=ActorKind.HUMAN, assignee_id=office.people.member)
        assert office.jobs(task) == 0

    @pytest.mark.parametrize("kind", [ActorKind.HUMAN, ActorKind.AGENT])
    def test_is_not_given_to_nobody(self, office: Office, kind: ActorKind) -> None:
        with pytest.raises(Invalid, match="nobody who could do this"):
            office.task(assignee_kind=kind, assignee_id="nobody")

    def test_is_not_given_to_somebody_elsewhere(self, office: Office) -> None:
        with pytest.raises(Invalid):
            office.task(assignee_kind=ActorKind.HUMAN, assignee_id=office.others.member)

    def test_is_not_made_by_who_may_only_read(self, office: Office) -> None:
        with pytest.raises(Forbidden), office.database.write() as session:
            office.desk.tasks.create(session, office.person(Role.REVIEWER), NewTask("a", "b", "c"))

    def test_is_seen_by_its_tenant_and_of_agents_by_its_own(self, office: Office) -> None:
        task = office.task()
        stranger = office.person(Role.ADMIN, office.others)
        narrowed = replace(office.admin, dataset_ids=["01K00000000000000000000000"])
        assert listed(office, office.person(Role.REVIEWER)) == {task}
        assert listed(office, office.agent("researcher")) == {task}
        for who in (stranger, office.agent("adros_cmo"), narrowed):
            assert listed(office, who) == set()
            with pytest.raises(NotFound), office.database.read() as session:
                office.desk.tasks.detail(session, who, task)

    def test_about_a_dataset_that_is_gone_is_gone(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.task(dataset_id="01K00000000000000000000000")

    def test_is_tried_again_only_where_it_failed(self, office: Office) -> None:
        task = office.working()
        with pytest.raises(Unprocessable, match="only failed ones"), office.database.write() as session:
            office.desk.tasks.retry(session, office.admin, task)
        office.move(task, TaskStatus.FAILED)
        with pytest.raises(Forbidden), office.database.write() as session:
            office.desk.tasks.retry(session, office.person(Role.MEMBER), task)
        with office.database.write() as session:
            office.desk.tasks.retry(session, office.admin, task)
        with office.database.read() as session:
            view = office.desk.tasks.get(session, office.admin, task)
        assert (view.status, view.wake_reason) == (TaskStatus.ASSIGNED, "retry")


class TestComments:
    def test_name_people_and_agents(self, office: Office) -> None:
        task, member = office.task(), office.people.member
        text = f"@agent:researcher ask @human:{member}, and write to a@human:b.org; @human:{member} knows"
        with office.database.write() as session:
            made = office.desk.comments.add(session, office.admin, task, text, CommentKind.INTERVENTION_NOTE)
        assert [(one.kind, one.id, one.name) for one in made.mentions] == [
            ("agent", "researcher", "Researcher"), ("human", member, "member"),
        ]  # fmt: skip
        with office.database.read() as session:
            assert office.desk.comments.list(session, office.admin, task) == [made]

    @pytest.mark.parametrize("mention", ["@agent:nobody", "@human:nobody"])
    def test_that_reach_nobody_are_refused(self, office: Office, mention: str) -> None:
        task = office.task()
        with pytest.raises(Invalid, match=f"{mention} is nobody here"), office.database.write() as session:
            office.desk.comments.add(session, office.admin, task, f"{mention} look", CommentKind.COMMENT)

    def test_do_not_reach_other_tenants(self, office: Office) -> None:
        task = office.task()
        with pytest.raises(Invalid), office.database.write() as session:
            office.desk.comments.add(session, office.admin, task, f"@human:{office.others.admin}", CommentKind.COMMENT)
        stranger = office.person(Role.ADMIN, office.others)
        with pytest.raises(NotFound), office.database.write() as session:
            office.desk.comments.add(session, stranger, task, "hello", CommentKind.COMMENT)
