"""Conversations and memories as the dashboard documents them: shapes, rights, and nobody else's."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.chat.talk import CHAT, CONVERSATION, MEMORY, QUESTION, history, talked
from tests.api.dashboard.work.shapes import ListOf, departures

CONVERSATIONS, MEMORIES = f"{CHAT}/conversations", f"{CHAT}/memories"


class TestEveryOperation:
    OPERATIONS = (
        ("GET", CONVERSATIONS), ("GET", f"{CONVERSATIONS}/conv_1"), ("DELETE", f"{CONVERSATIONS}/conv_1"),
        ("GET", MEMORIES), ("POST", MEMORIES), ("DELETE", f"{MEMORIES}/mem_1"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_that_read(self, client: TestClient, callers: Callers, method: str, path: str) -> None:
        assert client.request(method, path, json={}).status_code == 401
        assert callers.searcher.request(method, path, json={}).status_code == 403

    @pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one[1].endswith("_1")])
    def test_is_about_what_is_there(self, callers: Callers, method: str, path: str) -> None:
        answer = callers.admin.request(method, path)
        assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestConversations:
    def test_are_listed_newest_first_with_what_was_said_last(self, callers: Callers, kitchen: Json) -> None:
        caller = callers.with_key(role="member")
        first = talked(caller)["conversationId"]
        second = talked(caller, "x" * 300)["conversationId"]
        body = caller.get(CONVERSATIONS).json()
        assert list(departures(body, {"data": ListOf(CONVERSATION)})) == []
        assert [one["id"] for one in body["data"]] == [second, first]
        assert (body["data"][1]["title"], body["data"][1]["lastMessage"][: len(QUESTION) + 4]) == (
            QUESTION, f"To: {QUESTION}",
        )  # fmt: skip
        assert (len(body["data"][0]["title"]), len(body["data"][0]["lastMessage"])) == (80, 160)

    def test_are_nobody_elses(self, callers: Callers) -> None:
        mine = talked(callers.member)["conversationId"]
        for caller in (callers.admin, callers.reviewer, callers.stranger, callers.agent("researcher")):
            assert mine not in [one["id"] for one in caller.get(CONVERSATIONS).json()["data"]]
            for method in ("GET", "DELETE"):
                assert caller.request(method, f"{CONVERSATIONS}/{mine}").status_code == 404
        assert len(history(callers.member, mine)["messages"]) == 2

    def test_are_deleted_for_good(self, callers: Callers) -> None:
        mine = talked(callers.member)["conversationId"]
        answer = callers.member.delete(f"{CONVERSATIONS}/{mine}")
        assert (answer.status_code, answer.json()) == (200, {"deleted": True})
        assert callers.member.get(f"{CONVERSATIONS}/{mine}").status_code == 404
        assert callers.member.delete(f"{CONVERSATIONS}/{mine}").status_code == 404

    def test_withhold_what_drew_on_a_file_that_is_deleted(self, callers: Callers, kitchen: Json) -> None:
        mine = talked(callers.member)["conversationId"]
        answer = history(callers.member, mine)["messages"][1]
        files = {one["fileId"] for one in answer["citations"] if one["datasetId"] == kitchen["id"]}
        assert files
        for file in files:
            path = f"/dashboard/v1/knowledge-base/datasets/{kitchen['id']}/files/{file}"
            assert callers.admin.delete(path).status_code == 200
        gone = history(callers.member, mine)["messages"][1]
        assert (gone["isWithheld"], gone["citations"], "Ferrante" in gone["content"]) == (True, [], False)
        (listed,) = [one for one in callers.member.get(CONVERSATIONS).json()["data"] if one["id"] == mine]
        assert "Ferrante" not in listed["lastMessage"]


class TestMemories:
    def test_are_added_listed_and_deleted_by_their_owner_alone(self, callers: Callers) -> None:
        added = callers.member.post(MEMORIES, json={"text": "I look after the bakery."})
        assert added.status_code == 201
        assert list(departures(added.json(), MEMORY)) == []
        memory = added.json()["id"]
        assert added.json() in callers.member.get(MEMORIES).json()["data"]
        for caller in (callers.admin, callers.reviewer, callers.stranger, callers.agent("researcher")):
            assert caller.get(MEMORIES).json() == {"data": []}
            assert caller.delete(f"{MEMORIES}/{memory}").status_code == 404
        assert callers.member.delete(f"{MEMORIES}/{memory}").json() == {"deleted": True}
        assert callers.member.get(MEMORIES).json() == {"data": []}

    @pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "a" * 1001}, {"text": "a", "for": "everybody"}])
    def test_refuse_what_cannot_be_kept(self, callers: Callers, body: Json) -> None:
        assert error_of(callers.member.post(MEMORIES, json=body))["code"] == "VALIDATION_ERROR"
