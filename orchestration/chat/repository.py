"""Rows of conversations and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from orchestration.chat.jobs import ANSWER
from orchestration.chat.models import ChatMessage, Conversation, Memory
from orchestration.chat.ownership import owned_by
from orchestration.chat.types import MessageState


def find(session: Session, principal: Principal, conversation_id: str, *, hold: bool = False) -> Conversation | None:
    """`hold`: until the end of the transaction nobody else writes in it."""
    mine = owned_by(principal, Conversation.tenant_id, Conversation.owner_id)
    wanted = select(Conversation).where(Conversation.id == conversation_id, mine)
    if hold:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalar(wanted)


def held(session: Session, conversation_id: str) -> Conversation | None:
    """For work that was asked for. None where it was deleted meanwhile."""
    wanted = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def page_of(
    session: Session, principal: Principal, *, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Conversation]:
    """Those in which something was said last first. `before`: when that was, and id."""
    wanted = select(Conversation).where(owned_by(principal, Conversation.tenant_id, Conversation.owner_id))
    if before is not None:
        at, last = before
        same = and_(Conversation.updated_at == at, Conversation.id < last)
        wanted = wanted.where(or_(Conversation.updated_at < at, same))
    return list(session.scalars(wanted.order_by(Conversation.updated_at.desc(), Conversation.id.desc()).limit(limit)))


def messages(session: Session, conversation_id: str, *, newest: int | None = None) -> Sequence[ChatMessage]:
    """Oldest first. `newest`: no more than that many, the last ones."""
    wanted = select(ChatMessage).where(ChatMessage.conversation_id == conversation_id)
    return list(session.scalars(wanted.order_by(ChatMessage.number.desc()).limit(newest)))[::-1]


def last_messages(session: Session, conversation_ids: Collection[str]) -> Mapping[str, ChatMessage]:
    """What was said last, by conversation: the answer, or the question where there is none."""
    if not conversation_ids:
        return {}
    newest = (
        select(ChatMessage.conversation_id, func.max(ChatMessage.number).label("number"))
        .where(ChatMessage.conversation_id.in_(conversation_ids), ChatMessage.state == MessageState.COMPLETE)
        .group_by(ChatMessage.conversation_id)
        .subquery()
    )
    same = and_(ChatMessage.conversation_id == newest.c.conversation_id, ChatMessage.number == newest.c.number)
    return {row.conversation_id: row for row in session.scalars(select(ChatMessage).join(newest, same))}


def message(session: Session, conversation_id: str, message_id: str) -> ChatMessage | None:
    wanted = select(ChatMessage).where(ChatMessage.id == message_id, ChatMessage.conversation_id == conversation_id)
    return session.scalar(wanted.execution_options(populate_existing=True))


def pending(session: Session, conversation_id: str) -> str | None:
    """The answer that the conversation waits for."""
    wanted = select(ChatMessage.id).where(
        ChatMessage.conversation_id == conversation_id, ChatMessage.state == MessageState.PENDING
    )
    return session.scalar(wanted.limit(1))


def pending_without_job(session: Session, *, limit: int) -> Sequence[ChatMessage]:
    has_job = exists().where(Job.subject == ChatMessage.id, Job.kind == ANSWER, Job.state.in_(UNFINISHED))
    wanted = select(ChatMessage).where(ChatMessage.state == MessageState.PENDING, ~has_job)
    return list(session.scalars(wanted.order_by(ChatMessage.id).limit(limit)))


def remove(session: Session, conversation: Conversation) -> None:
    gone = delete(ChatMessage).where(ChatMessage.conversation_id == conversation.id)
    session.execute(gone.execution_options(synchronize_session=False))
    session.delete(conversation)
    session.flush()


def memories(session: Session, tenant_id: str, owner_id: str) -> Sequence[Memory]:
    """Oldest first."""
    wanted = select(Memory).where(Memory.tenant_id == tenant_id, Memory.owner_id == owner_id)
    return list(session.scalars(wanted.order_by(Memory.id)))


def memories_count(session: Session, tenant_id: str, owner_id: str) -> int:
    wanted = select(func.count()).where(Memory.tenant_id == tenant_id, Memory.owner_id == owner_id)
    return session.scalar(wanted) or 0


def memory(session: Session, principal: Principal, memory_id: str) -> Memory | None:
    mine = owned_by(principal, Memory.tenant_id, Memory.owner_id)
    return session.scalar(select(Memory).where(Memory.id == memory_id, mine))
