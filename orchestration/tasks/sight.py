"""Which tasks a caller may see: the only place of that rule."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from orchestration.tasks.models import Task
from orchestration.tasks.types import ActorKind


@dataclass(frozen=True, slots=True)
class Sight:
    """`datasets` are those that the caller may see now."""

    principal: Principal
    datasets: frozenset[str]

    def tasks(self) -> ColumnElement[bool]:
        """An agent sees the tasks that are its own; with the token of a workspace, none of another workspace's."""
        within = self.within(Task.tenant_id, Task.dataset_id)
        role = self.principal.agent_role
        if role is None:
            return within
        own = and_(within, Task.assignee_kind == ActorKind.AGENT, Task.assignee_id == role)
        if self.principal.workspace_id is None:
            return own
        return and_(own, or_(Task.workspace_id.is_(None), Task.workspace_id == self.principal.workspace_id))

    def within(
        self, tenant: InstrumentedAttribute[str], dataset: InstrumentedAttribute[str | None]
    ) -> ColumnElement[bool]:
        """Of the caller's tenant, and about no dataset that is gone or not for the caller. A key that is held to some
        datasets sees what is about them, and nothing else; one that may not read sees nothing."""
        if not self.principal.may(Scope.READ):
            return false()
        seen: ColumnElement[bool] = dataset.in_(sorted(self.datasets))
        if self.principal.dataset_ids is None:
            seen = or_(seen, dataset.is_(None))
        return and_(tenant == self.principal.tenant_id, seen)


def sight_of(session: Session, principal: Principal, names: DatasetNames) -> Sight:
    return Sight(principal, frozenset(names.readable_names(session, principal)))
