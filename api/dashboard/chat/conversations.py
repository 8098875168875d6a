"""/dashboard/v1/chat/conversations: what was said to the assistant and by it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.chat.schemas.conversations import ConversationDeleted, ConversationHistory, ConversationList
from api.deps import MAX_PAGE, Reader, RuntimeDep
from api.envelope import errors
from kit.pagination import PageRequest

router = APIRouter(prefix="/conversations", tags=["Chat"])

ConversationId: TypeAlias = Annotated[
    str, Path(alias="conversationId", pattern=r"^[!-~]{1,64}$", description="Id of a conversation, `conv_…`")
]


@router.get(
    "", operation_id="dashboardChatConversationsList", summary="List your recent conversations",
    responses=errors(401, 403, 503),
)  # fmt: skip
def list_conversations(principal: Reader, runtime: RuntimeDep) -> ConversationList:
    """Those in which something was said last first, 200 at most. A person has the same ones with each key of theirs
    that may do all that their role allows; a narrower key has its own."""
    with runtime.database.read() as session:
        found = runtime.chat.conversations.list(session, principal, PageRequest(MAX_PAGE))
    return ConversationList.of(found.items)


@router.get(
    "/{conversationId}", operation_id="dashboardChatConversationsGet", summary="Get a whole conversation",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_conversation(conversation_id: ConversationId, principal: Reader, runtime: RuntimeDep) -> ConversationHistory:
    """Oldest first. An answer that draws on a file which is not yours to read any more is withheld."""
    with runtime.database.read() as session:
        detail = runtime.chat.conversations.get(session, principal, conversation_id)
    return ConversationHistory.of(detail)


@router.delete(
    "/{conversationId}", operation_id="dashboardChatConversationsDelete", summary="Delete a conversation",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_conversation(conversation_id: ConversationId, principal: Reader, runtime: RuntimeDep) -> ConversationDeleted:
    """With all that was said in it, for good. An answer in the making is let go."""
    with runtime.database.write() as session:
        runtime.chat.conversations.delete(session, principal, conversation_id)
    return ConversationDeleted()
