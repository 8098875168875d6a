"""Conversations as the dashboard shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from api.fields import ResponseBody
from orchestration.chat.types import ConversationDetail, ConversationView, MessageRole, MessageState, MessageView
from orchestration.runs.citations import Source

_PREVIEW = 160


class ConversationItem(ResponseBody):
    id: str
    title: str = Field(description="The beginning of the first message")
    last_message: str = Field(description="What was said last, its first 160 characters")
    created_on: datetime
    updated_on: datetime

    @classmethod
    def of(cls, view: ConversationView) -> ConversationItem:
        said = "" if view.last is None else " ".join(view.last.text.split())
        return cls(
            id=view.id,
            title=view.title,
            last_message=said if len(said) <= _PREVIEW else f"{said[: _PREVIEW - 1]}…",
            created_on=view.created_at,
            updated_on=view.updated_at,
        )


class ConversationList(ResponseBody):
    data: list[ConversationItem]

    @classmethod
    def of(cls, views: Sequence[ConversationView]) -> ConversationList:
        return cls(data=[ConversationItem.of(view) for view in views])


class ChatCitation(ResponseBody):
    """`key` is that of `GET …/knowledge-base/citations/{key}`; the rest is null where there is no such passage."""

    key: str
    quote: str
    supported: bool = Field(description="Whether the passage says so, word for word")
    dataset_id: str | None
    file_id: str | None
    file_name: str | None
    chunk_id: str | None
    page: int | None

    @classmethod
    def of(cls, source: Source) -> ChatCitation:
        return cls(
            key=source.citation,
            quote=source.quote,
            supported=source.supported,
            dataset_id=source.dataset_id,
            file_id=source.file_id,
            file_name=source.file_name,
            chunk_id=source.chunk_id,
            page=source.page,
        )


class ConversationMessage(ResponseBody):
    id: str
    role: MessageRole
    content: str = Field(
        description="Cited passages stand as `“sentence” [cite:KEY]`; `[unsupported:KEY]` where the passage does not "
        "say that. Empty while it is pending"
    )
    created_on: datetime
    status: MessageState
    error: str | None = Field(description="Why there is no answer, where it has failed")
    citations: list[ChatCitation]
    is_withheld: bool = Field(description="It draws on a file that is not yours to read any more, and is not shown")

    @classmethod
    def of(cls, view: MessageView) -> ConversationMessage:
        return cls(
            id=view.id,
            role=view.role,
            content=view.text,
            created_on=view.created_at,
            status=view.state,
            error=view.error,
            citations=[ChatCitation.of(one) for one in view.sources],
            is_withheld=view.is_withheld,
        )


class ConversationAbout(ResponseBody):
    campaign_id: str | None
    activity_id: str | None


class ConversationHistory(ResponseBody):
    id: str
    title: str
    messages: list[ConversationMessage] = Field(description="Oldest first")
    context: ConversationAbout

    @classmethod
    def of(cls, detail: ConversationDetail) -> ConversationHistory:
        about = detail.conversation.context
        return cls(
            id=detail.conversation.id,
            title=detail.conversation.title,
            messages=[ConversationMessage.of(one) for one in detail.messages],
            context=ConversationAbout(campaign_id=about.project_id, activity_id=about.task_id),
        )


class ConversationDeleted(ResponseBody):
    deleted: Literal[True] = True
