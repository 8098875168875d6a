"""From a caller to whoever is shown to have done it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from identity.models import User
from identity.types import Principal
from orchestration.tasks.types import Actor, ActorKind


def actor_of(session: Session, principal: Principal) -> Actor:
    """A key with an agent role acts as that agent, another as its user, or as itself where it has none."""
    if principal.agent_role is not None:
        return Actor(ActorKind.AGENT, principal.agent_role, principal.agent_role)
    user = session.get(User, principal.user_id) if principal.user_id else None
    if user is None:
        return Actor(ActorKind.HUMAN, principal.key_id, principal.name)
    return Actor(ActorKind.HUMAN, user.id, user.name)


def seen_by(reader: Principal, actor: Actor) -> Actor:
    """An agent works for people and does not get to know them: of a person it learns that it was one."""
    if reader.agent_role is None or actor.kind is not ActorKind.HUMAN:
        return actor
    return Actor(ActorKind.HUMAN, "", "a person")
