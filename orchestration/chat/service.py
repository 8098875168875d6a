"""Conversations as their owner sees them: listed, read, deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.errors import Invalid
from kit.jobs.queue import JobQueue
from kit.pagination import Page, PageRequest, encode_cursor
from orchestration.chat import repository
from orchestration.chat.errors import ConversationIsNotThere, MessageIsNotThere
from orchestration.chat.jobs import ANSWER
from orchestration.chat.models import ChatMessage, Conversation
from orchestration.chat.thread import WITHHELD, is_shown
from orchestration.chat.types import (
    Context,
    ConversationDetail,
    ConversationView,
    MessageRole,
    MessageState,
    MessageView,
)
from orchestration.runs.citations import Source


class ReadableFiles(Protocol):
    def readable_files(self, session: Session, principal: Principal, file_ids: Collection[str]) -> frozenset[str]:
        """Those of the files that the caller may read now."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """All methods take the caller's session. ConversationIsNotThere also for anybody else's. An answer that draws on a
    file which is not the reader's to read any more is withheld."""

    files: ReadableFiles
    queue: JobQueue

    def list(self, session: Session, principal: Principal, page: PageRequest) -> Page[ConversationView]:
        """Those in which something was said last first."""
        before = None if page.after is None else _place_in(page.after)
        rows = repository.page_of(session, principal, before=before, limit=page.limit + 1)
        shown = rows[: page.limit]
        last = repository.last_messages(session, [row.id for row in shown])
        readable = self._readable(session, principal, list(last.values()))
        views = [_view(row, last.get(row.id), readable) for row in shown]
        return Page(views, _cursor(shown[-1]) if len(rows) > page.limit else None)

    def get(self, session: Session, principal: Principal, conversation_id: str) -> ConversationDetail:
        row = self._row(session, principal, conversation_id)
        messages = repository.messages(session, row.id)
        readable = self._readable(session, principal, messages)
        last = next((one for one in reversed(messages) if one.state == MessageState.COMPLETE), None)
        return ConversationDetail(_view(row, last, readable), [message_view(one, readable) for one in messages])

    def message(self, session: Session, principal: Principal, conversation_id: str, message_id: str) -> MessageView:
        """MessageIsNotThere."""
        row = self._row(session, principal, conversation_id)
        found = repository.message(session, row.id, message_id)
        if found is None:
            raise MessageIsNotThere(message_id)
        return message_view(found, self._readable(session, principal, [found]))

    def delete(self, session: Session, principal: Principal, conversation_id: str) -> None:
        """With all that was said in it. An answer in the making is let go."""
        row = repository.find(session, principal, conversation_id, hold=True)
        if row is None:
            raise ConversationIsNotThere(conversation_id)
        waiting = repository.pending(session, row.id)
        if waiting is not None:
            self.queue.cancel(session, subject=waiting, kinds=(ANSWER,))
        repository.remove(session, row)

    @staticmethod
    def _row(session: Session, principal: Principal, conversation_id: str) -> Conversation:
        row = repository.find(session, principal, conversation_id)
        if row is None:
            raise ConversationIsNotThere(conversation_id)
        return row

    def _readable(self, session: Session, principal: Principal, messages: Sequence[ChatMessage]) -> frozenset[str]:
        return self.files.readable_files(session, principal, {file for one in messages for file in one.files})


def message_view(row: ChatMessage, readable: Collection[str]) -> MessageView:
    shown = is_shown(row, readable)
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        role=MessageRole(row.role),
        state=MessageState(row.state),
        text=row.content if shown else WITHHELD,
        sources=[Source.restored(one) for one in row.sources] if shown else [],
        is_withheld=not shown,
        error_code=row.error_code,
        error=row.error,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        created_at=row.created_at,
    )


def _view(row: Conversation, last: ChatMessage | None, readable: Collection[str]) -> ConversationView:
    return ConversationView(
        id=row.id,
        title=row.title,
        context=Context(row.project_id, row.task_id, row.client_id),
        last=None if last is None else message_view(last, readable),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _cursor(row: Conversation) -> str:
    return encode_cursor(f"{row.updated_at.isoformat()} {row.id}")


def _place_in(key: str) -> tuple[datetime, str]:
    moment, _, conversation_id = key.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not conversation_id:
        raise Invalid("that cursor is not one of conversations; start again without a cursor")
    return at, conversation_id
