"""The kind of work that an answer is."""

from __future__ import annotations

from kit.jobs.types import NewJob

ANSWER = "chat.answer"
QUEUE = "chat"


def answer_job(*, tenant_id: str, conversation_id: str, message_id: str) -> NewJob:
    """`message_id` is the assistant's, which waits for what it will say."""
    return NewJob(
        kind=ANSWER,
        queue=QUEUE,
        key=f"{ANSWER}:{message_id}",
        subject=message_id,
        payload={"conversation_id": conversation_id, "message_id": message_id},
        tenant_id=tenant_id,
    )
