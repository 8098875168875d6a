"""What those who wait for an answer are told. It goes to no other watchers of the tenant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kit.events.outbox import publish
from kit.events.types import NewEvent
from orchestration.chat.models import ChatMessage

MESSAGE_UPDATED = "message_updated"
TOPIC = "conversation:"


def topic_of(conversation_id: str) -> str:
    return f"{TOPIC}{conversation_id}"


def tell(session: Session, message: ChatMessage, *, at: datetime) -> None:
    data = {"conversationId": message.conversation_id, "messageId": message.id, "status": message.state}
    event = NewEvent(MESSAGE_UPDATED, message.tenant_id, data, topic=topic_of(message.conversation_id))
    publish(session, event, at=at)
