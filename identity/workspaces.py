"""Workspaces: places where an agent works, each with tokens of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity.credentials import IssuedKey, KeyKind, KeyView
from identity.errors import KeyNotFound, WorkspaceNotFound
from identity.key_rules import checked_agent_role, checked_name
from identity.keys import AccessKeys, key_view
from identity.memberships import manages
from identity.models import AccessKey, Workspace
from identity.types import Principal, Role, Scope
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id

_MAY = (Scope.READ.value, Scope.SEARCH.value)
"""What a workspace's token is good for beside its workspace: its agent reads what the agent's role may read."""


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """`agent_role` is what datasets must allow for the workspace's tokens to read them."""

    id: str
    name: str
    agent_role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Workspaces:
    """All methods take the caller's session. WorkspaceNotFound for whoever is neither let in by a token of the
    workspace nor a manager of its tenant."""

    clock: Clock
    keys: AccessKeys

    def list(self, session: Session, principal: Principal) -> Sequence[WorkspaceView]:
        """A manager sees the tenant's, oldest first; a workspace's token its own."""
        wanted = select(Workspace).where(Workspace.tenant_id == principal.tenant_id, Workspace.deleted_at.is_(None))
        if not manages(principal):
            wanted = wanted.where(Workspace.id == (principal.workspace_id or ""))
        return [_view(row) for row in session.scalars(wanted.order_by(Workspace.id))]

    def get(self, session: Session, principal: Principal, workspace_id: str) -> WorkspaceView:
        return _view(self._row(session, principal, workspace_id))

    def hold(self, session: Session, workspace_id: str) -> WorkspaceView | None:
        """Keeps it from others until the transaction ends. None where it is gone. Nobody's rights are asked for."""
        wanted = select(Workspace).where(Workspace.id == workspace_id, Workspace.deleted_at.is_(None))
        row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
        return None if row is None else _view(row)

    def create(self, session: Session, principal: Principal, *, name: str, agent_role: str | None) -> WorkspaceView:
        """Without an agent role its tokens have the workspace's id as one, so that nothing but datasets open to every
        agent is open to them. Raises Forbidden for who does not manage the tenant, or Invalid."""
        if not manages(principal):
            raise Forbidden("workspaces are made by who manages the tenant")
        workspace_id = new_id()
        row = Workspace(
            id=workspace_id, tenant_id=principal.tenant_id, name=checked_name(name),
            agent_role=checked_agent_role(agent_role) or workspace_id, created_at=self.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return _view(row)

    def tokens(self, session: Session, principal: Principal, workspace_id: str) -> Sequence[KeyView]:
        """Those that work, newest first."""
        row = self._row(session, principal, workspace_id)
        now = self.clock.now()
        wanted = select(AccessKey).where(
            AccessKey.workspace_id == row.id, AccessKey.tenant_id == row.tenant_id, AccessKey.revoked_at.is_(None),
            or_(AccessKey.expires_at.is_(None), AccessKey.expires_at > now),
        )  # fmt: skip
        return [key_view(key) for key in session.scalars(wanted.order_by(AccessKey.id.desc()))]

    def issue(self, session: Session, principal: Principal, workspace_id: str, *, name: str | None) -> IssuedKey:
        """A new token of the workspace, which does no more than its others."""
        row = self._row(session, principal, workspace_id)
        origin = None if principal.workspace_id is None else self.origin(session, principal)
        return self._issue(session, row, name, origin_id=origin)

    def origin(self, session: Session, principal: Principal) -> str:
        """The first of the tokens that made each other and of which the caller has one: whoever holds one of them may
        hold all. The caller's own, where a manager made it."""
        return session.get_one(AccessKey, principal.key_id).origin_id or principal.key_id

    def mint(self, session: Session, principal: Principal, workspace_id: str, *, name: str | None) -> IssuedKey:
        """As `issue`, for who manages the tenant: the way in to a workspace that has no token yet."""
        if not manages(principal):
            raise Forbidden("minting a token needs a key that manages the tenant and is held to nothing")
        return self._issue(session, self._row(session, principal, workspace_id), name)

    def revoke(self, session: Session, principal: Principal, workspace_id: str, token_id: str) -> KeyView:
        """KeyNotFound for one that is not the workspace's; one that has ended stays as it is."""
        row = self._row(session, principal, workspace_id)
        key = session.scalar(
            select(AccessKey).where(
                AccessKey.id == token_id, AccessKey.workspace_id == row.id, AccessKey.tenant_id == row.tenant_id
            )
        )
        if key is None:
            raise KeyNotFound(f"there is no token {token_id!r} in this workspace")
        key.revoked_at = key.revoked_at or self.clock.now()
        session.flush()
        return key_view(key)

    def _issue(self, session: Session, row: Workspace, name: str | None, *, origin_id: str | None = None) -> IssuedKey:
        issued = self.keys.create(
            session, tenant_id=row.tenant_id, user_id=None, name=name or f"workspace {row.name}"[:200],
            role=Role.MEMBER, scopes=_MAY, agent_role=row.agent_role,
        )  # fmt: skip
        key = session.get_one(AccessKey, issued.key.id)
        key.kind, key.workspace_id, key.origin_id = KeyKind.WORKSPACE, row.id, origin_id
        session.flush()
        return IssuedKey(issued.token, key_view(key))

    @staticmethod
    def _row(session: Session, principal: Principal, workspace_id: str) -> Workspace:
        wanted = select(Workspace).where(
            Workspace.id == workspace_id, Workspace.tenant_id == principal.tenant_id, Workspace.deleted_at.is_(None)
        )
        row = session.scalar(wanted)
        if row is None or not (principal.workspace_id == workspace_id or manages(principal)):
            raise WorkspaceNotFound(f"there is no workspace {workspace_id!r}, or this token may not see it")
        return row


def _view(row: Workspace) -> WorkspaceView:
    return WorkspaceView(row.id, row.name, row.agent_role, row.created_at)
