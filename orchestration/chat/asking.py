"""A message comes in: kept, and with it the answer that is to be made, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.ids import new_id
from kit.jobs.queue import JobQueue
from orchestration.agents.directory import AgentDirectory
from orchestration.chat import repository
from orchestration.chat.answerer import answerer_of
from orchestration.chat.context import Contexts
from orchestration.chat.errors import (
    ConversationIsBeingAnswered,
    ConversationIsFull,
    ConversationIsNotThere,
)
from orchestration.chat.jobs import answer_job
from orchestration.chat.models import ChatMessage, Conversation
from orchestration.chat.ownership import owner_of
from orchestration.chat.readers import NEEDED
from orchestration.chat.types import Asked, Context, MessageRole, MessageState, NewMessage
from orchestration.runs.citations import plain
from orchestration.tasks.service import need

MOST_MESSAGES = 2000
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Asking:
    """`agent_role` answers in conversations that begin now."""

    agents: AgentDirectory
    contexts: Contexts
    queue: JobQueue
    clock: Clock
    agent_role: str

    def ask(self, session: Session, principal: Principal, new: NewMessage) -> Asked:
        """ConversationIsNotThere, NotFound for what it is to be about, ConversationIsBeingAnswered,
        ConversationIsFull, ChatIsNotRunHere, AgentIsAtRest."""
        for scope in sorted(NEEDED):
            need(principal, scope)
        now = self.clock.now()
        conversation = self._conversation(session, principal, new, now)
        self._set_context(session, principal, conversation, new.context)
        answerer_of(session, self.agents, conversation)
        question = self._add(session, conversation, MessageRole.USER, now, content=new.text, key_id=principal.key_id)
        answer = self._add(session, conversation, MessageRole.ASSISTANT, now)
        conversation.updated_at = now
        session.flush()
        job = answer_job(tenant_id=principal.tenant_id, conversation_id=conversation.id, message_id=answer.id)
        self.queue.enqueue(session, job)
        return Asked(conversation.id, question.id, answer.id)

    def _conversation(self, session: Session, principal: Principal, new: NewMessage, now: datetime) -> Conversation:
        if new.conversation_id is None:
            row = Conversation(
                id=f"conv_{new_id()}",
                tenant_id=principal.tenant_id,
                owner_id=owner_of(principal),
                agent_role=self.agent_role,
                title=_title(new.text),
                messages_count=0,
                created_at=now,
                updated_at=now,
            )
            session.add(row)
            session.flush()
            return row
        found = repository.find(session, principal, new.conversation_id, hold=True)
        if found is None:
            raise ConversationIsNotThere(new.conversation_id)
        waiting = repository.pending(session, found.id)
        if waiting is not None:
            raise ConversationIsBeingAnswered(found.id, waiting)
        if found.messages_count + 2 > MOST_MESSAGES:
            raise ConversationIsFull(found.id, found.messages_count)
        return found

    def _set_context(
        self, session: Session, principal: Principal, conversation: Conversation, context: Context | None
    ) -> None:
        if context is not None:
            conversation.project_id, conversation.task_id = context.project_id, context.task_id
            conversation.client_id = context.client_id
        about = Context(conversation.project_id, conversation.task_id, conversation.client_id)
        self.contexts.of(session, principal, about)

    @staticmethod
    def _add(
        session: Session,
        conversation: Conversation,
        role: MessageRole,
        now: datetime,
        *,
        content: str = "",
        key_id: str | None = None,
    ) -> ChatMessage:
        conversation.messages_count += 1
        row = ChatMessage(
            id=f"msg_{new_id()}",
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.id,
            number=conversation.messages_count,
            role=role,
            state=MessageState.COMPLETE if role is MessageRole.USER else MessageState.PENDING,
            content=content,
            key_id=key_id,
            created_at=now,
        )
        session.add(row)
        return row


def _title(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= _LONGEST_TITLE else f"{shown[: _LONGEST_TITLE - 1].rstrip()}…"
