"""Whom a name means: an agent by its role, a person by name or e-mail address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from identity.models import User
from identity.types import Principal
from kit.errors import Detail, Invalid
from orchestration.tasks.errors import UnknownAssignee
from orchestration.tasks.ports import AgentNames
from orchestration.tasks.types import ActorKind

ME = "me"


class NameIsOfSeveral(Invalid):
    def __init__(self, field: str, name: str, number: int) -> None:
        message = f"{number} people are called {name!r}: give the e-mail address of the one that is meant"
        super().__init__(f"{field}: {message}", details=[Detail(field, message)])


class KeyIsNobodys(Invalid):
    def __init__(self, field: str, key: str) -> None:
        message = f"{ME!r} is nobody: key {key!r} belongs to no user and to no agent; give a name"
        super().__init__(f"{field}: {message}", details=[Detail(field, message)])


@dataclass(frozen=True, slots=True)
class Assignees:
    """`field` is what the name was sent as, for those who are told what is wrong with it."""

    agents: AgentNames

    def named(self, session: Session, principal: Principal, name: str) -> Sequence[tuple[ActorKind, str]]:
        """All whose tasks may be meant, also of those who have left; nobody, where nobody is called so."""
        people = select(User.id).where(User.tenant_id == principal.tenant_id, _is_called(name))
        return [(ActorKind.AGENT, name), *((ActorKind.HUMAN, one) for one in session.scalars(people))]

    def me(self, principal: Principal, field: str) -> tuple[ActorKind, str]:
        """KeyIsNobodys."""
        if principal.agent_role is not None:
            return ActorKind.AGENT, principal.agent_role
        if principal.user_id is None:
            raise KeyIsNobodys(field, principal.name)
        return ActorKind.HUMAN, principal.user_id

    def one(self, session: Session, principal: Principal, name: str, field: str) -> tuple[ActorKind, str]:
        """Who is to do something: an agent rather than a person of the same name. UnknownAssignee, NameIsOfSeveral."""
        if name == ME:
            return self.me(principal, field)
        if self.agents.name_of(session, principal.tenant_id, name) is not None:
            return ActorKind.AGENT, name
        wanted = select(User.id).where(User.tenant_id == principal.tenant_id, User.deactivated_at.is_(None))
        people = session.scalars(wanted.where(_is_called(name)).order_by(User.id)).all()
        if not people:
            raise UnknownAssignee(field, name)
        if len(people) > 1:
            raise NameIsOfSeveral(field, name, len(people))
        return ActorKind.HUMAN, people[0]


def _is_called(name: str) -> ColumnElement[bool]:
    return or_(User.name == name, func.lower(User.email) == name.strip().lower())
