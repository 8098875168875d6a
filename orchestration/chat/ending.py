"""How an answer ends: it is there, or it has failed. The conversation's row is held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from orchestration.chat import repository
from orchestration.chat.events import tell
from orchestration.chat.models import ChatMessage, Conversation
from orchestration.chat.types import MessageState
from orchestration.runs.citations import Checked


def finish(
    session: Session,
    conversation: Conversation,
    message: ChatMessage,
    answer: Checked,
    *,
    files: Collection[str],
    at: datetime,
) -> None:
    """`files` are those that it draws on."""
    message.content, message.sources = answer.text, [one.stored() for one in answer.sources]
    message.files = sorted(files)
    _end(session, conversation, message, MessageState.COMPLETE, at=at)


def fail(
    session: Session, conversation: Conversation, message: ChatMessage, code: str, error: str, *, at: datetime
) -> None:
    """One that has ended already stays as it is."""
    if message.state == MessageState.PENDING:
        message.error_code, message.error = code, error
        _end(session, conversation, message, MessageState.FAILED, at=at)


def fail_by_id(session: Session, *, conversation_id: str, message_id: str, code: str, error: str, at: datetime) -> None:
    """As `fail`, for one that may be deleted by now; takes the conversation's row."""
    conversation = repository.held(session, conversation_id)
    message = repository.message(session, conversation_id, message_id)
    if conversation is not None and message is not None:
        fail(session, conversation, message, code, error, at=at)


def _end(
    session: Session, conversation: Conversation, message: ChatMessage, state: MessageState, *, at: datetime
) -> None:
    """What passages said goes with the turns."""
    message.state, message.ended_at, message.turns = state, at, []
    conversation.updated_at = at
    session.flush()
    tell(session, message, at=at)
