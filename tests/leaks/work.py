"""What people and agents have to do in the made-up world, each with a mark of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from identity.types import ROLE_SCOPES, Principal, Role
from kit.schedules.types import NewSchedule, Trigger
from orchestration.approvals.types import ApprovalType, Request, RiskLevel
from orchestration.recurring.service import recurring_row
from orchestration.recurring.types import RECURRING_TASK, NewRecurringTask
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import ActorKind, CommentKind, FollowUp, NewTask
from tests.leaks.rights import ActivityFact, ApprovalFact, DatasetFact, Person, ProjectFact

if TYPE_CHECKING:  # which builds on this module
    from tests.leaks.world import World

AGENT_ROLES = ("writer", "support")


def ask_for_approval(world: World, tenant: str, dataset: DatasetFact | None) -> None:
    fact = ApprovalFact("", tenant, dataset)
    request = Request(
        tenant, world.mark("approval", tenant, fact), ApprovalType.CONTENT_REVIEW, RiskLevel.LOW,
        description=world.mark("approval", tenant, fact), dataset_id=dataset.id if dataset else None,
    )  # fmt: skip
    with world.runtime.database.write() as session:
        fact.id = world.runtime.teamwork.approvals.request(session, request, SYSTEM)
    world.approvals.append(fact)
    world.identify(fact.id, "approval", tenant, fact)


def give_something_to_do(world: World, tenant: str, dataset: DatasetFact | None, role: str | None) -> None:
    """With a comment; agents of these roles are not run here, so that nothing comes of it by itself."""
    fact = ActivityFact("", tenant, dataset, role)
    new = NewTask(
        world.mark("activity", tenant, fact), "briefing", world.mark("activity", tenant, fact),
        dataset_id=dataset.id if dataset else None, assignee_kind=ActorKind.AGENT if role else None, assignee_id=role,
    )  # fmt: skip
    teamwork, said = world.runtime.teamwork, world.mark("activity", tenant, fact)
    with world.runtime.database.write() as session:
        fact.id = teamwork.tasks.put(session, tenant, new, SYSTEM).id
        if role is not None:
            again = _again(world, session, new, fact, tenant)
            world.recurring.append(again)
            world.identify(again, "activity", tenant, fact)
        teamwork.comments.add(session, manager_of(tenant), fact.id, said, CommentKind.COMMENT)
        asked = world.mark("activity", tenant, fact)
        if role is not None:
            world.blockers.append(teamwork.blockers.add(session, manager_of(tenant), fact.id, asked).id)
            world.identify(world.blockers[-1], "activity", tenant, fact)
    world.activities.append(fact)
    world.identify(fact.id, "activity", tenant, fact)


def undertake(world: World, manager: Principal, dataset: DatasetFact | None) -> None:
    """With something for an agent to do, and what another is to do after that."""
    teamwork, tenant = world.runtime.teamwork, manager.tenant_id
    project = ProjectFact("", tenant, [])
    first, then = (ActivityFact("", tenant, dataset, role) for role in AGENT_ROLES)
    new = NewTask(
        world.mark("activity", tenant, first), "briefing", "Look.", dataset_id=dataset.id if dataset else None,
        assignee_kind=ActorKind.AGENT, assignee_id=first.agent_role,
    )  # fmt: skip
    title = world.mark("activity", tenant, then)
    with world.runtime.database.write() as session:
        project.id = teamwork.projects.create(session, manager, world.mark("undertaking", tenant, project)).id
        first.id = teamwork.tasks.put(session, tenant, replace(new, project_id=project.id), SYSTEM).id
        follow_up = FollowUp(title, "Look.", "briefing", ActorKind.AGENT, then.agent_role)
        then.id = teamwork.follow_ups.add(session, manager, first.id, follow_up).id
    for activity in (first, then):
        project.activities.append(activity)
        world.activities.append(activity)
        world.identify(activity.id, "activity", tenant, activity)
    world.projects.append(project)
    world.identify(project.id, "undertaking", tenant, project)


def _again(world: World, session: Session, new: NewTask, fact: ActivityFact, tenant: str) -> str:
    wanted = NewRecurringTask(
        world.mark("activity", tenant, fact), "briefing", new.prompt, ActorKind.AGENT, new.assignee_id or "",
        Trigger.WEEKLY, dataset_id=new.dataset_id,
    )  # fmt: skip
    row = recurring_row(wanted, tenant)
    row.created_at = row.updated_at = world.runtime.clock.now()
    session.add(row)
    schedule = NewSchedule(tenant, RECURRING_TASK, row.id, wanted.trigger)
    world.runtime.teamwork.recurring.schedules.put(session, schedule)
    return row.id


def manager_of(tenant: str, person: Person | None = None) -> Principal:
    return Principal(tenant, "", person.id if person else None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
