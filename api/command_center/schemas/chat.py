"""Conversations and memories as the command center receives and shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.chat_texts import MemoryText, MessageText
from api.command_center.envelope import Body, Record
from api.command_center.schemas.people import Identifier
from kit.pagination import Page
from orchestration.chat.types import (
    Context,
    ConversationDetail,
    ConversationView,
    MemoryView,
    MessageRole,
    MessageState,
    MessageView,
    NewMessage,
)
from orchestration.runs.citations import Source


class NewChatTurn(Body):
    """What it is about stays as it was where none of client, project and task is named."""

    message: MessageText
    conversation_id: Identifier | None = Field(None, description="Left out, a new conversation begins")
    client_id: Identifier | None = Field(None, description="Only what the client's role may read too is searched")
    project_id: Identifier | None = Field(None, description="The project that it is about")
    task_id: Identifier | None = Field(
        None, description="The task that it is about; where that is about a dataset, only that one is searched"
    )

    def to_message(self) -> NewMessage:
        about = Context(self.project_id, self.task_id, self.client_id)
        return NewMessage(self.message, self.conversation_id, None if about == Context() else about)


class CitationRecord(Record):
    """Null where there is no such passage for who reads."""

    key: str
    quote: str
    supported: bool = Field(description="Whether the passage says so, word for word")
    dataset_id: str | None
    file_id: str | None
    file_name: str | None
    chunk_id: str | None
    page: int | None

    @classmethod
    def of(cls, source: Source) -> CitationRecord:
        return cls(
            key=source.citation, quote=source.quote, supported=source.supported, dataset_id=source.dataset_id,
            file_id=source.file_id, file_name=source.file_name, chunk_id=source.chunk_id, page=source.page,
        )  # fmt: skip


class MessageRecord(Record):
    """Cited passages stand as `“sentence” [cite:KEY]`; `[unsupported:KEY]` where the passage does not say that."""

    id: str
    role: MessageRole
    content: str = Field(description="Empty while it is pending")
    status: MessageState
    error_code: str | None
    error: str | None = Field(description="Why there is no answer, where it has failed")
    citations: list[CitationRecord]
    is_withheld: bool = Field(description="It draws on a file that is not yours to read any more, and is not shown")
    input_tokens: int
    output_tokens: int
    created_at: datetime

    @classmethod
    def of(cls, view: MessageView) -> MessageRecord:
        return cls(
            id=view.id, role=view.role, content=view.text, status=view.state, error_code=view.error_code,
            error=view.error, citations=[CitationRecord.of(one) for one in view.sources],
            is_withheld=view.is_withheld, input_tokens=view.input_tokens, output_tokens=view.output_tokens,
            created_at=view.created_at,
        )  # fmt: skip


class ChatTurn(Record):
    conversation_id: str
    message: MessageRecord = Field(description="The answer; `pending` where it is still being made")

    @classmethod
    def of(cls, view: MessageView) -> ChatTurn:
        return cls(conversation_id=view.conversation_id, message=MessageRecord.of(view))


class ConversationRecord(Record):
    id: str
    title: str
    client_id: str | None
    project_id: str | None
    task_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: ConversationView) -> ConversationRecord:
        return cls(**_fields(view))


class ConversationPage(Record):
    conversations: list[ConversationRecord]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")

    @classmethod
    def of(cls, page: Page[ConversationView]) -> ConversationPage:
        return cls(conversations=[ConversationRecord.of(one) for one in page.items], next_cursor=page.next_cursor)


class ConversationDetailRecord(ConversationRecord):
    messages: list[MessageRecord] = Field(description="Oldest first")

    @classmethod
    def whole(cls, detail: ConversationDetail) -> ConversationDetailRecord:
        messages = [MessageRecord.of(one) for one in detail.messages]
        return cls(**_fields(detail.conversation), messages=messages)


class NewMemoryBody(Body):
    text: MemoryText


class MemoryRecord(Record):
    id: str
    text: str
    created_at: datetime

    @classmethod
    def of(cls, view: MemoryView) -> MemoryRecord:
        return cls(id=view.id, text=view.text, created_at=view.created_at)


class MemoryRecords(Record):
    memories: list[MemoryRecord] = Field(description="Oldest first")


def _fields(view: ConversationView) -> dict[str, object]:
    about = view.context
    return {
        "id": view.id,
        "title": view.title,
        "client_id": about.client_id,
        "project_id": about.project_id,
        "task_id": about.task_id,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
    }
