"""A task watched over a web socket: everything about it to who may see it, nothing to anybody else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from api.streams import Follower
from kit.events.outbox import publish
from kit.events.types import NewEvent
from kit.ids import new_id
from orchestration.runtime import Runtime
from orchestration.tasks.events import TEXT_DELTA, topic_of
from tests.api.callers import Caller, Callers, Json
from tests.api.command_center.shapes import BASE, TASKS
from tests.api.command_center.test_tasks import asked

FRAME_BYTES, FRAMES = 400_000, 150
"""In all more than the buffers of a connection over the loopback hold."""


def token_of(caller: Caller) -> str:
    return caller.headers["Authorization"].removeprefix("Bearer ")


@contextmanager
def watching(address: str, task: str, token: str | None, **query: object) -> Iterator[ClientConnection]:
    given = {"token": token, **query} if token is not None else query
    asked_for = "&".join(f"{name}={value}" for name, value in given.items())
    url = f"{address.replace('http', 'ws', 1)}{BASE}/ws/events/{task}?{asked_for}"
    with connect(url, compression=None, max_size=None, proxy=None, open_timeout=20, ping_interval=None) as socket:
        yield socket


def frame(socket: ClientConnection) -> Json:
    body: Json = json.loads(socket.recv(timeout=20))
    assert set(body) == {"id", "event", "task_id", "data"}
    return body


def refused(address: str, task: str, token: str | None) -> int:
    with pytest.raises(InvalidStatus) as answer, watching(address, task, token):
        pass
    return answer.value.response.status_code


class TestTheHandshake:
    def test_lets_in_who_may_read_and_sees_the_task(self, address: str, callers: Callers) -> None:
        task = asked(callers.admin)
        for token in (None, "", "of-nobody", *map(token_of, (callers.searcher, callers.stranger))):
            assert refused(address, task, token) == 403
        assert refused(address, task, token_of(callers.agent("adros_cmo"))) == 403
        assert refused(address, new_id(), token_of(callers.admin)) == 403
        for caller in (callers.reviewer, callers.agent("adros_deployer")):
            with watching(address, task, f"lyr_{token_of(caller)}") as socket:
                assert (frame(socket)["event"], task) == ("connected", task)

    def test_is_for_paths_that_there_are(self, address: str, callers: Callers) -> None:
        assert refused(address, "a/b", token_of(callers.admin)) == 403


class TestWatching:
    def test_shows_the_life_of_the_task_and_of_no_other(self, address: str, callers: Callers) -> None:
        task, other = asked(callers.admin), asked(callers.admin)
        with watching(address, task, token_of(callers.reviewer)) as socket:
            first = frame(socket)
            assert (first["event"], first["data"]) == ("connected", {"status": "assigned"})
            for one in (other, task):
                comment = callers.member.post(f"{TASKS}/{one}/comments", json={"text": "Look."}).json()["comment"]
                callers.admin.post(f"{TASKS}/{one}/pause")
                callers.admin.post(f"{TASKS}/{one}/resume")
                callers.admin.post(f"{TASKS}/{one}/close")
            seen = [frame(socket) for _ in range(4)]
        assert {one["task_id"] for one in seen} == {task}
        assert [one["event"] for one in seen] == ["task.updated"] * 4
        assert [one["data"]["status"] for one in seen] == ["assigned", "paused", "assigned", "closed"]
        assert seen[0]["data"]["comment_id"] == comment["id"]
        ids = [one["id"] for one in seen]
        assert ids == sorted(set(ids))
        with watching(address, task, token_of(callers.reviewer), last_event_id=ids[1]) as socket:
            assert [frame(socket)["event"], frame(socket), frame(socket)] == ["connected", *seen[2:]]

    def test_says_where_something_was_missed(self, address: str, callers: Callers) -> None:
        with watching(address, asked(callers.admin), token_of(callers.admin), last_event_id="none") as socket:
            assert [frame(socket)["event"] for _ in range(2)] == ["connected", "resync"]

    def test_ends_with_the_key(self, address: str, callers: Callers) -> None:
        caller = callers.with_key(role="admin")
        with watching(address, asked(callers.admin), token_of(caller)) as socket:
            frame(socket)
            keys = caller.get("/dashboard/v1/access-keys").json()["data"]
            hint = token_of(caller)[:6]
            own = next(key["id"] for key in keys if token_of(caller).startswith(key["hint"].rstrip("…")))
            assert callers.admin.delete(f"/dashboard/v1/access-keys/{own}").status_code < 300, hint
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008

    def test_keeps_nothing_for_a_client_that_does_not_read(
        self, address: str, callers: Callers, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server stops reading on for it: what it has not seen stays in the table, and comes once it reads."""
        followers: list[Follower] = []
        start = Follower.start

        def noted(follower: Follower) -> None:
            followers.append(follower)
            start(follower)

        monkeypatch.setattr(Follower, "start", noted)
        task = asked(callers.admin)
        with watching(address, task, token_of(callers.admin)) as socket:
            frame(socket)
            said = [secrets.token_hex(FRAME_BYTES // 2) for _ in range(FRAMES)]
            for text in said:
                self.say(runtime, callers, task, text)
            assert self.stopped(followers[0]) < runtime.feed.now()
            got = [frame(socket)["data"].get("delta") for _ in range(FRAMES)]
        assert got == said

    def say(self, runtime: Runtime, callers: Callers, task: str, text: str) -> None:
        tenant = callers.principal.tenant_id
        with runtime.database.write() as session:
            event = NewEvent(TEXT_DELTA, tenant, {"activityId": task, "delta": text}, None, topic_of(task))
            publish(session, event, at=runtime.clock.now())

    def stopped(self, follower: Follower) -> int:
        """How far the server has read for it, once it reads no further."""
        cursor, since, deadline = -1, monotonic(), monotonic() + 15
        while monotonic() - since < 1.5:
            if follower.cursor != cursor:
                cursor, since = follower.cursor, monotonic()
            assert monotonic() < deadline
            sleep(0.05)
        return cursor
