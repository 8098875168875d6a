"""Which tasks a caller may see: the only place of that rule."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true
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
        return and_(own, self.within_workspace(Task.workspace_id))

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

    def within_workspace(self, workspace: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
        """Of no other workspace than the one whose token the caller has."""
        if self.principal.workspace_id is None:
            return true()
        return or_(workspace.is_(None), workspace == self.principal.workspace_id)


def sight_of(session: Session, principal: Principal, names: DatasetNames) -> Sight:
    return Sight(principal, frozenset(names.readable_names(session, principal)))
