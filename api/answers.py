"""Waiting for an answer in a conversation, which is made whether anybody waits or not."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from time import monotonic

from starlette.concurrency import run_in_threadpool

from api.streams import Follower
from identity.types import Principal
from kit.errors import NotFound
from kit.events.types import Happened
from orchestration.chat.events import topic_of
from orchestration.chat.types import Asked, MessageState, MessageView, NewMessage
from orchestration.runtime import Runtime

ANSWER_PENDING = "answer_pending"
"""Nothing has failed: who asked has waited for as long as a request does. The answer will be in the conversation."""
CONVERSATION_GONE = "conversation_gone"
RATE_LIMIT_EXCEEDED = "rate_limit_exceeded"

_LIMITS = frozenset({"RATE_LIMITED", "QUOTA_EXCEEDED", "MODEL_BUSY"})
_PAUSE_SECONDS = 1.0


def ask(runtime: Runtime, principal: Principal, new: NewMessage) -> Asked:
    """Keeps the message, and has it answered. As `Asking.ask`."""
    with runtime.database.write() as session:
        asked = runtime.chat.asking.ask(session, principal, new)
    runtime.worker.nudge()
    return asked


async def answer_to(asked: Asked, follower: Follower) -> MessageView | None:
    """The answer once it is there or has failed; as it is after CAIRN_CHAT_WAIT_SECONDS, or when the server stops or
    the key ends. None where the conversation is deleted meanwhile. The follower has started before the question was
    kept."""
    look = partial(_look, follower, asked)
    until = monotonic() + follower.runtime.settings.chat_wait_seconds
    about = partial(_is_about, topic_of(asked.conversation_id))
    async with aclosing(follower.batches(about, pause=_PAUSE_SECONDS)) as batches:
        async for _ in batches:
            view = await run_in_threadpool(look)
            if view is None or view.state is not MessageState.PENDING or monotonic() >= until:
                return view
    return await run_in_threadpool(look)


def failure_of(view: MessageView | None) -> tuple[str, str]:
    """A stable word, and a sentence for people, where there is no answer to show."""
    if view is None:
        return CONVERSATION_GONE, "the conversation was deleted"
    if view.state is MessageState.PENDING:
        return ANSWER_PENDING, f"answer {view.id} is still being made, and will be in the conversation"
    code = view.error_code or "INTERNAL"
    return RATE_LIMIT_EXCEEDED if code in _LIMITS else code.lower(), view.error or "failed"


def _look(follower: Follower, asked: Asked) -> MessageView | None:
    conversations = follower.runtime.chat.conversations
    try:
        with follower.runtime.database.read() as session:
            return conversations.message(session, follower.principal, asked.conversation_id, asked.answer_id)
    except NotFound:
        return None


def _is_about(topic: str, event: Happened) -> bool:
    return event.topic == topic
