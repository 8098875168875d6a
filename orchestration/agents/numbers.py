"""Numbers by which the platform's API names agents: each tenant counts for itself, from 1, and no agent goes away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kit.ids import new_id
from orchestration.agents.directory import AgentDirectory
from orchestration.agents.models import Agent
from orchestration.agents.running import in_turn

_NOBODY = ""  # no agent's role: what takes turns is the tenant


def number_all(session: Session, directory: AgentDirectory, tenant_id: str, *, at: datetime) -> None:
    """Gives a number to each agent that has none. Nobody changed anything by looking, so the audit trail has no word of
    it: the rows are written past what it watches."""
    in_turn(session, tenant_id, _NOBODY)
    rows = select(Agent.role, Agent.number).where(Agent.tenant_id == tenant_id)
    taken = {row.role: row.number for row in session.execute(rows)}
    newest = max((number for number in taken.values() if number is not None), default=0)
    for config in directory.configs(session, tenant_id):
        if taken.get(config.role) is None:
            newest += 1
            _number(session, tenant_id, config.role, newest, at)
    session.expire_all()


def next_number(session: Session, tenant_id: str) -> int:
    """For an agent whose row is added in this transaction."""
    in_turn(session, tenant_id, _NOBODY)
    wanted = select(Agent.number).where(Agent.tenant_id == tenant_id, Agent.number.is_not(None))
    return (session.scalar(wanted.order_by(Agent.number.desc()).limit(1)) or 0) + 1


def _number(session: Session, tenant_id: str, role: str, number: int, at: datetime) -> None:
    numbered = update(Agent).where(Agent.tenant_id == tenant_id, Agent.role == role).values(number=number)
    if session.execute(numbered.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        return
    row = {"tenant_id": tenant_id, "role": role, "id": new_id(), "adapter_config": {}, "updated_at": at}
    try:
        with session.begin_nested():
            session.execute(insert(Agent).values(**row, number=number))
    except IntegrityError:  # somebody changes that agent for the first time, just now
        session.execute(numbered.execution_options(synchronize_session=False))
