"""Chat at the command center: the conversations that the dashboard shows too, in this surface's words."""

from __future__ import annotations

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Caller, Callers, Json
from tests.api.command_center.shapes import (
    BASE,
    CHAT_TURN,
    CONVERSATION,
    CONVERSATION_DETAIL,
    MEMORY,
    TASKS,
)
from tests.api.command_center.test_tasks import asked
from tests.api.dashboard.work.shapes import ListOf, Nullable, departures

CHAT, CONVERSATIONS, MEMORIES = f"{BASE}/chat", f"{BASE}/chat/conversations", f"{BASE}/chat/memories"
QUESTION = "Who made the bread oven?"
MADE = "The bread oven was made by Ferrante in Turin."


def said(caller: Caller, message: str = QUESTION, **fields: object) -> Json:
    answer = caller.post(CHAT, json={"message": message, **fields})
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    assert list(departures(body, CHAT_TURN)) == []
    return body


class TestEveryOperation:
    OPERATIONS = (
        ("POST", CHAT), ("GET", CONVERSATIONS), ("GET", f"{CONVERSATIONS}/conv_1"),
        ("DELETE", f"{CONVERSATIONS}/conv_1"), ("GET", MEMORIES), ("POST", MEMORIES), ("DELETE", f"{MEMORIES}/mem_1"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_that_may(self, client: TestClient, callers: Callers, method: str, path: str) -> None:
        assert client.request(method, path, json={"message": "a", "text": "a"}).status_code == 401
        body = {"message": "a"} if path == CHAT else {"text": "a"}
        refused = callers.searcher.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")

    @pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one[1].endswith("_1")])
    def test_is_about_what_is_there(self, callers: Callers, method: str, path: str) -> None:
        answer = callers.admin.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


class TestChat:
    def test_answers_with_citations_and_goes_on(self, callers: Callers, kitchen: Json) -> None:
        first = said(callers.member, "Is there anything about the bread oven?")
        second = said(callers.member, "Who made it?", conversation_id=first["conversation_id"])
        assert second["conversation_id"] == first["conversation_id"]
        assert (second["message"]["status"], second["message"]["id"][:4]) == ("complete", "msg_")
        assert MADE in second["message"]["content"]
        assert any(one["supported"] and one["dataset_id"] == kitchen["id"] for one in second["message"]["citations"])

    @pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "a", "stream": True}, {"message": "a" * 8001}])
    def test_refuses_what_is_no_message(self, callers: Callers, body: Json) -> None:
        assert callers.member.post(CHAT, json=body).json()["code"] == "VALIDATION_ERROR"

    def test_of_a_client_reads_what_its_role_may_read(self, callers: Callers, kitchen: Json) -> None:
        body = {"name": f"bakery {uuid4()}"}
        client = callers.admin.post("/dashboard/v1/clients", json=body).json()
        path = f"/dashboard/v1/knowledge-base/datasets/{kitchen['id']}/config"
        assert MADE in said(callers.admin, client_id=client["id"])["message"]["content"]
        callers.admin.patch(path, json={"allowedAgentRoles": ["researcher"]})
        narrowed = said(callers.admin, client_id=client["id"])["message"]
        assert kitchen["id"] not in {one["dataset_id"] for one in narrowed["citations"]}
        refused = callers.member.post(CHAT, json={"message": QUESTION, "client_id": client["id"]})
        assert (refused.status_code, refused.json()["code"]) == (404, "CLIENT_NOT_FOUND")

    def test_is_about_a_task_that_is_there_for_the_caller(self, callers: Callers) -> None:
        task = asked(callers.admin)
        first = said(callers.admin, task_id=task)
        found = callers.admin.get(f"{CONVERSATIONS}/{first['conversation_id']}").json()
        assert (found["task_id"], callers.admin.get(f"{TASKS}/{task}").status_code) == (task, 200)
        refused = callers.stranger.post(CHAT, json={"message": QUESTION, "task_id": task})
        assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")

    def test_goes_into_nobody_elses_conversation(self, callers: Callers) -> None:
        mine = said(callers.member)["conversation_id"]
        for caller in (callers.admin, callers.stranger, callers.agent("researcher")):
            answer = caller.post(CHAT, json={"message": "And?", "conversation_id": mine})
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


class TestConversations:
    def test_are_the_ones_of_the_dashboard(self, callers: Callers) -> None:
        mine = said(callers.member)["conversation_id"]
        there = callers.member.get(f"/dashboard/v1/chat/conversations/{mine}").json()
        here = callers.member.get(f"{CONVERSATIONS}/{mine}").json()
        assert list(departures(here, CONVERSATION_DETAIL)) == []
        assert [one["content"] for one in here["messages"]] == [one["content"] for one in there["messages"]]

    def test_are_listed_page_by_page_and_deleted(self, callers: Callers) -> None:
        caller = callers.with_key(role="member")
        ids = [said(caller)["conversation_id"] for _ in range(3)]
        first = caller.get(CONVERSATIONS, params={"limit": 2}).json()
        shape = {"conversations": ListOf(CONVERSATION), "next_cursor": Nullable(str)}
        assert list(departures(first, shape)) == []
        rest = caller.get(CONVERSATIONS, params={"cursor": first["next_cursor"]}).json()
        assert [one["id"] for one in (*first["conversations"], *rest["conversations"])] == ids[::-1]
        assert caller.delete(f"{CONVERSATIONS}/{ids[0]}").status_code == 204
        assert caller.get(f"{CONVERSATIONS}/{ids[0]}").status_code == 404
        for other in (callers.member, callers.stranger):
            assert other.delete(f"{CONVERSATIONS}/{ids[1]}").status_code == 404

    def test_refuse_a_cursor_that_is_none(self, callers: Callers) -> None:
        answer = callers.member.get(CONVERSATIONS, params={"cursor": "eWVzdGVyZGF5"})
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


class TestMemories:
    def test_are_added_listed_and_deleted_by_their_owner_alone(self, callers: Callers) -> None:
        caller = callers.with_key(role="member")
        added = caller.post(MEMORIES, json={"text": "I look after the bakery."})
        assert (added.status_code, list(departures(added.json(), MEMORY))) == (201, [])
        assert caller.get(MEMORIES).json() == {"memories": [added.json()]}
        for other in (callers.admin, callers.stranger, callers.agent("researcher")):
            assert added.json() not in other.get(MEMORIES).json()["memories"]
            assert other.delete(f"{MEMORIES}/{added.json()['id']}").status_code == 404
        assert caller.delete(f"{MEMORIES}/{added.json()['id']}").status_code == 204
        assert caller.get(MEMORIES).json() == {"memories": []}
