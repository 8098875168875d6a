"""Whom approvals tell that they were asked for."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from orchestration.approvals.models import Approval
from orchestration.tasks.types import Actor


class ApprovalNotices(Protocol):
    def approval_asked(self, session: Session, row: Approval, actor: Actor) -> None:
        """`actor` asks for it."""
