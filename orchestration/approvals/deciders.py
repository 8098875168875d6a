"""Who decides about an approval, and what they have to say with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from identity.memberships import manages
from identity.types import Principal, Scope
from identity.workspaces import Workspaces
from kit.errors import Forbidden
from orchestration.approvals.models import Approval
from orchestration.tasks.service import need


class Deciders(Protocol):
    @property
    def is_note_needed(self) -> bool:
        """To reject, or to ask for a revision."""

    def check(self, session: Session, principal: Principal, approval: Approval) -> None:
        """Raises Forbidden for who sees the approval and is none of them."""

    def is_option_needed(self, approval: Approval, *, has_tasks: bool) -> bool:
        """To approve."""


@dataclass(frozen=True, slots=True)
class Administrators:
    """People only: an agent does not approve its own work."""

    is_note_needed = True

    def check(self, session: Session, principal: Principal, approval: Approval) -> None:  # noqa: ARG002 - the protocol's
        need(principal, Scope.MANAGE)
        check_is_nobodys_agent(principal)

    def is_option_needed(self, approval: Approval, *, has_tasks: bool) -> bool:  # noqa: ARG002 - the protocol's
        return bool(approval.options)


@dataclass(frozen=True, slots=True)
class TokensOfWorkspace:
    """Those of the workspace that the approval is of, and who manages its tenant. Whoever asked with a token decides
    neither with that one nor with one that goes back to it: another token is with somebody else."""

    workspaces: Workspaces

    is_note_needed = False

    def check(self, session: Session, principal: Principal, approval: Approval) -> None:
        if manages(principal):
            return
        if principal.workspace_id is None or principal.workspace_id != approval.workspace_id:
            raise Forbidden(f"key {principal.name!r} is none of the workspace that approval {approval.id} is of")
        if approval.asked_with is not None and self.workspaces.origin(session, principal) == approval.asked_with:
            raise Forbidden(
                f"approval {approval.id} was asked for with this token, or with one that made it: a token that an "
                "administrator minted for somebody else decides, or an administrator"
            )

    def is_option_needed(self, approval: Approval, *, has_tasks: bool) -> bool:
        """A run that offered a choice goes on with what was chosen; nothing else waits for it."""
        return bool(approval.options) and has_tasks


def check_is_nobodys_agent(principal: Principal) -> None:
    if principal.agent_role is not None:
        raise Forbidden(f"key {principal.name!r} is an agent's, and approvals are for people to decide")
