"""The vocabulary of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orchestration.runs.citations import Source


class MessageRole(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class MessageState(StrEnum):
    """A person's message is `complete` from the start; the assistant's is `pending` until it is there."""

    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Context:
    """What a conversation is about, beside what is said in it. None: nothing of that kind."""

    project_id: str | None = None
    task_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """`conversation_id` None begins one. `context` None leaves as it is what the conversation is about."""

    text: str
    conversation_id: str | None = None
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that is kept, and the one that will answer it."""

    conversation_id: str
    message_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """`is_withheld`: it says what stood in documents
    that are not there for the reader any more, and is not shown. `error_code` and `error` where it has failed."""

    id: str
    conversation_id: str
    role: MessageRole
    state: MessageState
    text: str
    sources: Sequence[Source]
    is_withheld: bool
    error_code: str | None
    error: str | None
    input_tokens: int
    output_tokens: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`last` is what was said last, the answer or else the question."""

    id: str
    title: str
    context: Context
    last: MessageView | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationDetail:
    """`messages` oldest first."""

    conversation: ConversationView
    messages: Sequence[MessageView]


@dataclass(frozen=True, slots=True)
class MemoryView:
    id: str
    text: str
    created_at: datetime
