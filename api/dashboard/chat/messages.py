"""/dashboard/v1/chat/message: a question to the assistant, and its answer as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.answers import answer_to, ask, failure_of
from api.dashboard.chat.schemas.messages import NewChatMessage
from api.deps import RuntimeDep, Searcher
from api.streams import FollowerDep, stream_responses, unnumbered
from orchestration.chat.types import Asked, MessageState

router = APIRouter(tags=["Chat"])

_EXAMPLE = (
    'event: text_delta\ndata: {"delta": "To: Who made the bread oven?\\n"}\n\n'
    'event: completed\ndata: {"conversationId": "conv_01ABC…", "messageId": "msg_01DEF…", "inputTokens": 512, '
    '"outputTokens": 340}\n\n'
)


def _ask(body: NewChatMessage, _follower: FollowerDep, principal: Searcher, runtime: RuntimeDep) -> Asked:
    """After the follower has started, so that nothing is missed."""
    return ask(runtime, principal, body.to_message())


@router.post(
    "/message", operation_id="dashboardChatMessage", summary="Ask the assistant",
    response_class=EventSourceResponse, responses=stream_responses(_EXAMPLE, 400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
async def send_message(follower: FollowerDep, asked: Annotated[Asked, Depends(_ask)]) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `text_delta` with the answer piece by piece, once its citations are checked, then
    `completed`; or `error`, whose `error` is a stable word. The message is kept before the first byte, and answered
    whoever listens: after CAIRN_CHAT_WAIT_SECONDS the stream ends with the error `answer_pending`, and `GET
    …/chat/conversations/{conversationId}` has the answer when it is there. 409 while the message before is being
    answered, and while the agent that answers is stopped."""
    yield ServerSentEvent(comment="connected")
    view = await answer_to(asked, follower)
    if view is None or view.state is not MessageState.COMPLETE:
        error, message = failure_of(view)
        about = {"conversationId": asked.conversation_id, "messageId": asked.answer_id}
        yield unnumbered("error", {"error": error, "message": message, **about})
        return
    for line in view.text.splitlines(keepends=True):
        yield unnumbered("text_delta", {"delta": line})
    yield unnumbered(
        "completed",
        {
            "conversationId": view.conversation_id,
            "messageId": view.id,
            "inputTokens": view.input_tokens,
            "outputTokens": view.output_tokens,
        },
    )
