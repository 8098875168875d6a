"""What other features tell approvals of things that wait for a decision."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal


class SubjectActs(Protocol):
    """Carries out what was decided about one kind of thing."""

    @property
    def kind(self) -> str: ...

    def hold(self, session: Session, subject_id: str) -> bool:
        """Keeps the thing from others until the transaction ends. Whether it still waits for a decision.

        It is taken before the approval's own row, here and wherever the feature lets people decide by another way, so
        that two deciders wait in one line.
        """

    def decide(self, session: Session, principal: Principal | None, subject_id: str, *, approved: bool) -> None:
        """In the transaction of the decision. `principal` None: nobody decided in time, and it is treated as refused.
        What the caller may not do is refused by its error, and the approval stays open."""
