"""/api/v1/chat/conversations: what was said to the assistant and by it. They complete what is documented."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.command_center.envelope import errors
from api.command_center.schemas.chat import ConversationDetailRecord, ConversationPage
from api.command_center.schemas.people import IDENTIFIER
from api.deps import PageDep, Reader, RuntimeDep

router = APIRouter(prefix="/chat/conversations", tags=["Command center: chat"])

ConversationId = Annotated[str, Path(pattern=IDENTIFIER, description="Id of a conversation, `conv_…`")]


@router.get(
    "", operation_id="commandCenterConversationsList", summary="List your conversations",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_conversations(principal: Reader, runtime: RuntimeDep, page: PageDep) -> ConversationPage:
    """Those in which something was said last first. A person has the same ones with each key of theirs that may do all
    that their role allows; a narrower key has its own."""
    with runtime.database.read() as session:
        return ConversationPage.of(runtime.chat.conversations.list(session, principal, page))


@router.get(
    "/{conversation_id}", operation_id="commandCenterConversationsGet", summary="A whole conversation",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_conversation(
    conversation_id: ConversationId, principal: Reader, runtime: RuntimeDep
) -> ConversationDetailRecord:
    """An answer that draws on a file which is not yours to read any more is withheld."""
    with runtime.database.read() as session:
        return ConversationDetailRecord.whole(runtime.chat.conversations.get(session, principal, conversation_id))


@router.delete(
    "/{conversation_id}", status_code=204, operation_id="commandCenterConversationsDelete",
    summary="Delete a conversation", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_conversation(conversation_id: ConversationId, principal: Reader, runtime: RuntimeDep) -> None:
    """With all that was said in it, for good. An answer in the making is let go."""
    with runtime.database.write() as session:
        runtime.chat.conversations.delete(session, principal, conversation_id)
