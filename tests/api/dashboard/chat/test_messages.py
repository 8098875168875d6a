"""Asking the assistant: a checked answer as a stream, of what the asker and the agent may both read."""

from __future__ import annotations

from threading import Event
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from api.visible import visible_events
from kit.events.types import Happened
from kit.jobs.handler import Signals
from kit.jobs.types import Claim
from orchestration.chat.events import MESSAGE_UPDATED, topic_of
from orchestration.chat.handler import AnswerHandler
from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.chat.talk import CHAT, HISTORY, QUESTION, history, talked, told
from tests.api.dashboard.work.office import asked
from tests.api.dashboard.work.shapes import departures

MADE = "The bread oven was made by Ferrante in Turin."


class TestMessage:
    def test_is_for_keys_that_search_and_read(self, client: TestClient, callers: Callers) -> None:
        body = {"message": QUESTION}
        assert client.post(f"{CHAT}/message", json=body).status_code == 401
        for caller in (callers.searcher, callers.reader):
            assert error_of(caller.post(f"{CHAT}/message", json=body))["code"] == "FORBIDDEN"

    @pytest.mark.parametrize(
        "body", [{}, {"message": " "}, {"message": "a" * 8001}, {"message": "a", "model": "x"}, {"message": "a\x00"}]
    )
    def test_refuses_what_is_no_message(self, callers: Callers, body: Json) -> None:
        assert error_of(callers.admin.post(f"{CHAT}/message", json=body))["code"] == "VALIDATION_ERROR"

    def test_begins_a_conversation_with_a_cited_answer(self, callers: Callers, kitchen: Json) -> None:
        events = told(callers.member, QUESTION)
        *deltas, completed = events
        assert {one.event for one in deltas} == {"text_delta"}
        assert {tuple(one.data) for one in deltas} == {("delta",)}
        assert (completed.event, set(completed.data)) == (
            "completed", {"conversationId", "messageId", "inputTokens", "outputTokens"},
        )  # fmt: skip
        found = history(callers.member, completed.data["conversationId"])
        assert list(departures(found, HISTORY)) == []
        assert (found["id"][:5], found["title"]) == ("conv_", QUESTION)
        question, answer = found["messages"]
        assert (question["role"], question["content"]) == ("user", QUESTION)
        assert (answer["id"], answer["id"][:4]) == (completed.data["messageId"], "msg_")
        assert "".join(one.data["delta"] for one in deltas) == answer["content"]
        assert MADE in answer["content"]
        cited = next(one for one in answer["citations"] if one["quote"] == MADE)
        assert (cited["supported"], cited["datasetId"], cited["fileName"]) == (True, kitchen["id"], "ovens.md")
        place = callers.member.get(f"/dashboard/v1/knowledge-base/citations/{cited['key']}").json()
        assert (place["found"], place["chunkId"]) == (True, cited["chunkId"])

    def test_is_refused_while_the_agent_is_stopped(self, callers: Callers) -> None:
        """Of a tenant of its own: all others ask the same agent."""
        asks = {"message": QUESTION}
        assert callers.stranger.post("/api/agents/researcher/stop").status_code == 200
        for path in (f"{CHAT}/message", "/api/v1/chat"):
            answer = callers.stranger.post(path, json=asks)
            assert (answer.status_code, "AGENT_STOPPED" in answer.text) == (409, True)
            assert "'researcher' is stopped and takes no new work" in answer.text
        assert callers.stranger.post("/api/agents/researcher/start").status_code == 200
        assert told(callers.stranger, QUESTION)[-1].event == "completed"

    def test_goes_on_from_what_was_asked_before(self, callers: Callers, kitchen: Json) -> None:
        first = talked(callers.member, "Is there anything about the bread oven?")
        second = talked(callers.member, "And who made it?", conversationId=first["conversationId"])
        assert second["conversationId"] == first["conversationId"]
        messages = history(callers.member, first["conversationId"])["messages"]
        assert len(messages) == 4
        assert MADE in messages[3]["content"]

    def test_says_what_the_knowledge_does_not_hold(self, callers: Callers, kitchen: Json) -> None:
        text = "".join(one.data.get("delta", "") for one in told(callers.member, "Which whales live near Norway?"))
        assert text.startswith("The knowledge base does not hold an answer to: Which whales")

    def test_has_nothing_that_agent_key_or_tenant_may_not_read(self, callers: Callers, dataset: Json) -> None:
        word = f"zanzibar{uuid4().hex[:8]}"
        file = callers.admin.upload(dataset, "secret.md", f"The password of the {word} safe is 4711.\n")
        assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"
        question = f"What is the password of the {word} safe?"
        for caller in (callers.admin, callers.stranger, callers.agent("painter")):
            assert not any("4711" in str(one.data) for one in told(caller, question))
        path = f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}/config"
        assert callers.admin.patch(path, json={"allowedAgentRoles": ["researcher"]}).status_code == 200
        assert any("4711" in str(one.data) for one in told(callers.admin, question))
        elsewhere = callers.with_key(role="member", dataset_ids=[_another(callers)])
        for caller in (callers.stranger, callers.agent("painter"), elsewhere):
            assert not any("4711" in str(one.data) for one in told(caller, question))

    def test_goes_into_nobody_elses_conversation(self, callers: Callers) -> None:
        mine = talked(callers.member)["conversationId"]
        for caller in (callers.admin, callers.stranger, callers.reviewer, callers.agent("researcher")):
            answer = caller.post(f"{CHAT}/message", json={"message": "And?", "conversationId": mine})
            assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")
        assert len(history(callers.member, mine)["messages"]) == 2

    def test_is_about_an_activity_that_is_there_for_the_caller(self, callers: Callers, kitchen: Json) -> None:
        activity = asked(callers.admin, datasetId=kitchen["id"])
        found = history(callers.admin, talked(callers.admin, context={"activityId": activity})["conversationId"])
        assert found["context"] == {"campaignId": None, "activityId": activity}
        assert {one["datasetId"] for one in found["messages"][1]["citations"]} == {kitchen["id"]}
        for context in ({"activityId": activity}, {"campaignId": "01KAAAAAAAAAAAAAAAAAAAAAAA"}):
            answer = callers.stranger.post(f"{CHAT}/message", json={"message": QUESTION, "context": context})
            assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestAnAnswerThatTakesLong:
    def test_is_made_whoever_has_stopped_waiting(
        self, callers: Callers, runtime: Runtime, kitchen: Json, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go, works = Event(), AnswerHandler.run

        def held(handler: AnswerHandler, claims: list[Claim], signals: Signals) -> None:
            assert go.wait(30)
            works(handler, claims, signals)

        monkeypatch.setattr(AnswerHandler, "run", held)
        monkeypatch.setitem(vars(runtime.settings), "chat_wait_seconds", 0.05)  # settings are frozen
        (only,) = told(callers.member, QUESTION)
        assert (only.event, only.data["error"]) == ("error", "answer_pending")
        conversation = only.data["conversationId"]
        pending = history(callers.member, conversation)["messages"][1]
        assert (pending["id"], pending["status"], pending["content"]) == (only.data["messageId"], "pending", "")
        early = callers.member.post(f"{CHAT}/message", json={"message": "And?", "conversationId": conversation})
        assert (early.status_code, error_of(early)["code"]) == (409, "CONFLICT")
        go.set()
        seen = callers.member.until(
            lambda: history(callers.member, conversation)["messages"][1], lambda one: one["status"] != "pending"
        )
        assert MADE in seen["content"]

    def test_and_fails_says_why(self, callers: Callers, client: TestClient) -> None:
        chief, agents = callers.stranger, "/dashboard/v1/agents/researcher"
        chief.patch(agents, json={"adapterType": "openai"})
        (only,) = told(chief, QUESTION)
        assert (only.event, only.data["error"]) == ("error", "model_not_configured")
        assert "CAIRN_OPENAI_KEY" in only.data["message"]
        (failed,) = [one for one in history(chief, only.data["conversationId"])["messages"] if one["error"]]
        assert (failed["status"], failed["error"]) == ("failed", only.data["message"])
        chief.patch(agents, json={"adapterType": "outside"})
        answer = chief.post(f"{CHAT}/message", json={"message": QUESTION})
        assert (answer.status_code, error_of(answer)["code"]) == (422, "MODEL_NOT_CONFIGURED")
        chief.patch(agents, json={"adapterType": "extractive"})
        assert talked(chief, "Still there?", conversationId=only.data["conversationId"])


class TestWhatTheTenantIsTold:
    def test_is_nothing_of_conversations(self, callers: Callers, runtime: Runtime) -> None:
        conversation = talked(callers.admin)["conversationId"]
        events, _ = runtime.feed.after(0, callers.principal.tenant_id)
        mine = [one for one in events if one.topic == topic_of(conversation)]
        assert [one.type for one in mine] == [MESSAGE_UPDATED]
        assert isinstance(mine[0], Happened)
        assert visible_events(runtime, callers.principal, mine) == []


def _another(callers: Callers) -> str:
    body = {"name": f"another {uuid4()}", "allowedAgentRoles": ["*"]}
    return str(callers.admin.post("/dashboard/v1/knowledge-base/datasets", json=body).json()["id"])
