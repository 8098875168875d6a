"""/api/v1/chat: a question to the assistant, and its whole answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.answers import answer_to, ask
from api.command_center.envelope import errors
from api.command_center.schemas.chat import ChatTurn, NewChatTurn
from api.deps import RuntimeDep, Searcher
from api.streams import FollowerDep
from orchestration.chat.errors import ConversationIsNotThere
from orchestration.chat.types import Asked

router = APIRouter(prefix="/chat", tags=["Command center: chat"])


def _ask(body: NewChatTurn, _follower: FollowerDep, principal: Searcher, runtime: RuntimeDep) -> Asked:
    """After the follower has started, so that nothing is missed."""
    return ask(runtime, principal, body.to_message())


@router.post(
    "", operation_id="commandCenterChat", summary="Chat completion",
    responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
async def complete(follower: FollowerDep, asked: Annotated[Asked, Depends(_ask)]) -> ChatTurn:
    """Answers when the answer is there with its citations checked, or has failed, and at the latest after
    CAIRN_CHAT_WAIT_SECONDS: then its `status` is `pending`, it is made all the same, and `GET
    …/chat/conversations/{conversation_id}` has it. 409 while the message before is being answered, and while
    the agent that answers is stopped."""
    view = await answer_to(asked, follower)
    if view is None:
        raise ConversationIsNotThere(asked.conversation_id)
    return ChatTurn.of(view)
