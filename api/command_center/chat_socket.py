"""/api/v1/ws/chat: conversations over a web socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, WebSocket
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.answers import answer_to, ask, failure_of
from api.audit import act_of
from api.auth import POLICY_VIOLATION, Authenticator, principal_of, socket_token
from api.command_center.schemas.chat import CitationRecord, NewChatTurn
from api.command_center.sockets import GOING_AWAY, either
from api.problems import Problem, problem_of
from api.streams import Follower
from identity.audit.acts import acting
from identity.types import Principal
from kit.errors import CairnError, Invalid, Unauthenticated
from orchestration.chat.readers import NEEDED
from orchestration.chat.types import Asked, MessageState, NewMessage
from orchestration.runtime import Runtime

router = APIRouter(prefix="/ws/chat")

_LONGEST_FRAME = 100_000


@router.websocket("")
async def converse(socket: WebSocket) -> None:
    """A frame that comes in is what `POST /api/v1/chat` takes. Frames that go out are `{"event", "conversation_id",
    "data"}`: `connected`; `message.accepted` once a message is kept; `text_delta` with the answer piece by piece, once
    its citations are checked, then `message.completed`; or `message.failed`, as `answer_pending` after
    CAIRN_CHAT_WAIT_SECONDS. `error` is for a frame that was not taken. Messages are answered one after the other."""
    principal = principal_of(socket.scope)
    if not all(principal.may(scope) for scope in NEEDED):
        await socket.close(POLICY_VIOLATION)
        return
    await socket.accept()
    frames: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)
    await either(_listen(socket, frames), _talk(socket, frames))


async def _listen(socket: WebSocket, frames: asyncio.Queue[str | None]) -> None:
    """Until the client has gone. No further than a frame ahead: who sends more than is answered is not read."""
    while (received := await socket.receive())["type"] != "websocket.disconnect":
        await frames.put(received.get("text"))


async def _talk(socket: WebSocket, frames: asyncio.Queue[str | None]) -> None:
    runtime: Runtime = socket.app.state.runtime
    await _send(socket, "connected", None, {})
    while not runtime.feed.is_closed:
        try:
            new, follower = await run_in_threadpool(_taken, socket, await frames.get())
            asked = await run_in_threadpool(partial(_keep, socket, follower.principal, new))
        except Unauthenticated:
            await socket.close(POLICY_VIOLATION)
            return
        except (CairnError, RequestValidationError) as error:
            await _send(socket, "error", None, _told(problem_of(error)))
            continue
        await _answer(socket, asked, follower)
    await socket.close(GOING_AWAY)


def _taken(socket: WebSocket, frame: str | None) -> tuple[NewMessage, Follower]:
    """A message counts as a request of its key does: it is looked at anew, and its rates hold. The follower has started
    before the message is kept, so that nothing is missed."""
    authenticator: Authenticator = socket.app.state.authenticator
    token = socket_token(socket.scope)
    principal, _ = authenticator.admit(token)
    authenticator.check_recording()
    follower = Follower.of(socket.app, token, principal, None)
    follower.start()
    if frame is None or len(frame) > _LONGEST_FRAME:
        raise Invalid(f"a frame holds JSON as text, of {_LONGEST_FRAME:,} characters at most")
    return _read(frame).to_message(), follower


def _read(frame: str) -> NewChatTurn:
    try:
        return NewChatTurn.model_validate(json.loads(frame))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"the frame is not JSON: {error}") from error


def _keep(socket: WebSocket, principal: Principal, new: NewMessage) -> Asked:
    with acting(act_of(socket.scope, principal)):
        return ask(socket.app.state.runtime, principal, new)


async def _answer(socket: WebSocket, asked: Asked, follower: Follower) -> None:
    send = partial(_send, socket, conversation_id=asked.conversation_id)
    answer = {"message_id": asked.answer_id}
    await send("message.accepted", data={"message_id": asked.message_id, "answer_id": asked.answer_id})
    view = await answer_to(asked, follower)
    if view is None or view.state is not MessageState.COMPLETE:
        code, detail = failure_of(view)
        await send("message.failed", data={**answer, "code": code, "detail": detail})
        return
    for line in view.text.splitlines(keepends=True):
        await send("text_delta", data={**answer, "delta": line})
    citations = [CitationRecord.of(one).model_dump() for one in view.sources]
    tokens = {"input_tokens": view.input_tokens, "output_tokens": view.output_tokens}
    await send("message.completed", data={**answer, **tokens, "citations": citations})


async def _send(socket: WebSocket, event: str, conversation_id: str | None, data: Mapping[str, object]) -> None:
    await socket.send_json({"event": event, "conversation_id": conversation_id, "data": data})


def _told(problem: Problem) -> dict[str, object]:
    fields = [{"field": one.field, "message": one.message} for one in problem.details]
    return {"code": problem.code, "detail": problem.message, "errors": fields}
