"""Conversations over a web socket: for who may ask, a checked answer to each message, clear words to what is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.api.callers import Caller, Callers, Json
from tests.api.command_center.shapes import BASE, CITATION
from tests.api.command_center.test_chat import CONVERSATIONS, MADE, QUESTION, said
from tests.api.command_center.test_events import token_of
from tests.api.dashboard.work.shapes import ListOf, departures


@contextmanager
def talking(address: str, token: str | None) -> Iterator[ClientConnection]:
    query = "" if token is None else f"?token={token}"
    url = f"{address.replace('http', 'ws', 1)}{BASE}/ws/chat{query}"
    with connect(url, compression=None, max_size=None, proxy=None, open_timeout=20, ping_interval=None) as socket:
        yield socket


def frame(socket: ClientConnection) -> Json:
    body: Json = json.loads(socket.recv(timeout=30))
    assert set(body) == {"event", "conversation_id", "data"}
    return body


def told(socket: ClientConnection, **fields: object) -> list[Json]:
    """All frames about a message, up to the one that ends it."""
    socket.send(json.dumps(fields))
    frames = [frame(socket)]
    while frames[-1]["event"] in {"message.accepted", "text_delta"}:
        frames.append(frame(socket))
    return frames


class TestTheHandshake:
    def test_lets_in_who_may_search_and_read(self, address: str, callers: Callers) -> None:
        for token in (None, "", "of-nobody", *map(token_of, (callers.searcher, callers.reader))):
            with pytest.raises(InvalidStatus) as answer, talking(address, token):
                pass
            assert answer.value.response.status_code == 403
        with talking(address, f"lyr_{token_of(callers.reviewer)}") as socket:
            assert frame(socket) == {"event": "connected", "conversation_id": None, "data": {}}


class TestTalking:
    def test_answers_one_message_after_the_other(self, address: str, callers: Callers, kitchen: Json) -> None:
        with talking(address, token_of(callers.member)) as socket:
            frame(socket)
            first = told(socket, message="Is there anything about the bread oven?")
            conversation = first[0]["conversation_id"]
            second = told(socket, message="Who made it?", conversation_id=conversation)
        assert [one["event"] for one in second] == [
            "message.accepted", *["text_delta"] * (len(second) - 2), "message.completed",
        ]  # fmt: skip
        assert {one["conversation_id"] for one in (*first, *second)} == {conversation}
        text, end = "".join(one["data"]["delta"] for one in second[1:-1]), second[-1]["data"]
        assert MADE in text
        assert list(departures(end["citations"], ListOf(CITATION))) == []
        assert MADE in {one["quote"] for one in end["citations"]}
        kept = callers.member.get(f"{CONVERSATIONS}/{conversation}").json()["messages"]
        assert (kept[3]["id"], kept[3]["content"]) == (end["message_id"], text)
        assert second[0]["data"] == {"message_id": kept[2]["id"], "answer_id": kept[3]["id"]}

    def test_says_what_it_does_not_take_and_goes_on(self, address: str, callers: Callers) -> None:
        theirs = said(callers.admin)["conversation_id"]
        with talking(address, token_of(callers.member)) as socket:
            frame(socket)
            for sent, code in (
                ("hello", "VALIDATION_ERROR"), ("[]", "VALIDATION_ERROR"), ("{}", "VALIDATION_ERROR"),
                (b"{}", "VALIDATION_ERROR"), ("[" * 50_000, "VALIDATION_ERROR"), ("x" * 100_001, "VALIDATION_ERROR"),
                (json.dumps({"message": "And?", "conversation_id": theirs}), "NOT_FOUND"),
            ):  # fmt: skip
                socket.send(sent)
                refused = frame(socket)
                assert (refused["event"], refused["data"]["code"]) == ("error", code)
            assert [one["field"] for one in self.refusal(socket, {"message": ""})] == ["message"]
            assert told(socket, message=QUESTION)[-1]["event"] == "message.completed"

    def test_ends_with_the_key(self, address: str, callers: Callers) -> None:
        caller = callers.with_key(role="member")
        with talking(address, token_of(caller)) as socket:
            frame(socket)
            self.revoke(callers, caller)
            socket.send(json.dumps({"message": QUESTION}))
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008

    @staticmethod
    def refusal(socket: ClientConnection, body: Json) -> list[Json]:
        socket.send(json.dumps(body))
        found: list[Json] = frame(socket)["data"]["errors"]
        return found

    @staticmethod
    def revoke(callers: Callers, caller: Caller) -> None:
        keys = caller.get("/dashboard/v1/access-keys").json()["data"]
        own = next(key["id"] for key in keys if token_of(caller).startswith(key["hint"].rstrip("…")))
        assert callers.admin.delete(f"/dashboard/v1/access-keys/{own}").status_code < 300
