"""What a person has the assistant keep in mind: said by them, shown to them, deleted by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.ids import new_id
from orchestration.chat import repository
from orchestration.chat.errors import MemoryIsNotThere, TooManyMemories
from orchestration.chat.models import Memory
from orchestration.chat.ownership import owner_of
from orchestration.chat.types import MemoryView

MOST_OF_ONE = 100
LONGEST = 1000
"""Characters. With `MOST_OF_ONE` it bounds what each question tells a model."""


@dataclass(frozen=True, slots=True)
class Memories:
    """All methods take the caller's session. Nothing is kept but what its owner says is to be kept; MemoryIsNotThere
    also for anybody else's."""

    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[MemoryView]:
        """Oldest first."""
        rows = repository.memories(session, principal.tenant_id, owner_of(principal))
        return [_view(row) for row in rows]

    def add(self, session: Session, principal: Principal, text: str) -> MemoryView:
        """TooManyMemories."""
        count = repository.memories_count(session, principal.tenant_id, owner_of(principal))
        if count >= MOST_OF_ONE:
            raise TooManyMemories(count)
        row = Memory(
            id=f"mem_{new_id()}",
            tenant_id=principal.tenant_id,
            owner_id=owner_of(principal),
            content=text.strip(),
            created_at=self.clock.now(),
        )
        session.add(row)
        session.flush()
        return _view(row)

    def delete(self, session: Session, principal: Principal, memory_id: str) -> None:
        row = repository.memory(session, principal, memory_id)
        if row is None:
            raise MemoryIsNotThere(memory_id)
        session.delete(row)


def _view(row: Memory) -> MemoryView:
    return MemoryView(row.id, row.content, row.created_at)
