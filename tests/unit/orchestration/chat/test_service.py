"""Conversations and memories: kept for their owner, shown to nobody else, gone when they are deleted."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from identity.audit.acts import Act, acting
from identity.audit.models import AuditEvent
from identity.audit.trail import Trail
from identity.types import Principal, Role, Scope
from ingest.work.errors import JobCannotBeRetried
from kit.errors import Forbidden, Invalid, NotFound
from kit.events.models import Event
from kit.jobs.errors import LeaseLost
from kit.jobs.models import Job
from kit.jobs.types import JobState
from kit.pagination import PageRequest, decode_cursor
from orchestration.agents.errors import AgentIsAtRest
from orchestration.agents.types import AdapterType, AgentState
from orchestration.chat.errors import (
    ChatIsNotRunHere,
    ConversationIsBeingAnswered,
    ConversationIsNotThere,
    MemoryIsNotThere,
    MessageIsNotThere,
    TooManyMemories,
)
from orchestration.chat.memories import MOST_OF_ONE
from orchestration.chat.models import ChatMessage, Conversation, Memory
from orchestration.chat.types import Context, MessageState
from tests.unit.orchestration.chat.room import MADE, Room

WHO_MADE_IT = "Who made the bread oven?"


def others(room: Room) -> list[Principal]:
    """Everybody to whom the member's conversation is not there."""
    return [
        room.person(room.people.admin, Role.ADMIN),
        room.person(dataset_ids=["kitchen"]),
        room.person(agent_role="researcher"),
        room.person(scopes=[Scope.READ.value]),
        room.person(tenant_id=room.office.others.tenant, user_id=room.office.others.admin),
    ]


class TestAsking:
    def test_keeps_the_message_before_anybody_works_on_it(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, f"  {WHO_MADE_IT}\n" + "word " * 40)
        found = room.history(who, asked.conversation_id)
        assert (found.conversation.title[:24], len(found.conversation.title)) == (WHO_MADE_IT, 80)
        assert [(one.role, one.state) for one in found.messages] == [
            ("user", MessageState.COMPLETE), ("assistant", MessageState.PENDING),
        ]  # fmt: skip
        assert (asked.conversation_id[:5], asked.message_id[:4]) == ("conv_", "msg_")

    def test_waits_for_the_answer_before(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        with pytest.raises(ConversationIsBeingAnswered, match=asked.answer_id):
            room.ask(who, "And?", asked.conversation_id)
        room.works()
        assert room.ask(who, "And?", asked.conversation_id).conversation_id == asked.conversation_id

    def test_goes_into_nobody_elses_conversation(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        for who in others(room):
            with pytest.raises((ConversationIsNotThere, Forbidden)):
                room.ask(who, "And?", asked.conversation_id)
        assert room.messages() == 2

    def test_is_about_what_is_there_for_who_asks(self, room: Room) -> None:
        task = room.office.task(dataset_id=room.office.dataset())
        held = room.person(dataset_ids=["kitchen"])
        for about in (Context(task_id=task), Context(project_id="nothing"), Context(client_id="nobody")):
            with pytest.raises(NotFound):
                room.ask(held, WHO_MADE_IT, about=about)
        assert room.messages() == 0

    def test_needs_an_agent_that_is_run_here(self, room: Room) -> None:
        room.office.configure("researcher", AdapterType.OUTSIDE)
        with pytest.raises(ChatIsNotRunHere, match="researcher"):
            room.ask(room.person(), WHO_MADE_IT)

    @pytest.mark.parametrize("state", [AgentState.PAUSED, AgentState.STOPPED])
    def test_needs_an_agent_that_is_started(self, room: Room, state: AgentState) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        room.office.configure("researcher", AdapterType.EXTRACTIVE, state=state)
        for conversation in (None, asked.conversation_id):
            with pytest.raises(AgentIsAtRest, match=f"researcher' is {state} and takes no new work"):
                room.ask(room.person(), WHO_MADE_IT, conversation)
        assert room.messages() == 2
        room.office.configure("researcher", AdapterType.EXTRACTIVE, state=AgentState.STARTED)
        room.ask(room.person(), WHO_MADE_IT, asked.conversation_id)

    @pytest.mark.parametrize("scope", [Scope.READ, Scope.SEARCH])
    def test_needs_a_key_that_may_search_and_read(self, room: Room, scope: Scope) -> None:
        with pytest.raises(Forbidden):
            room.ask(room.person(scopes=[scope.value]), WHO_MADE_IT)


class TestAConversation:
    def test_is_its_persons_with_every_key_that_may_do_all(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        again = room.person()
        with room.database.read() as session:
            found = room.conversations.list(session, again, PageRequest(10))
        assert [one.id for one in found.items] == [asked.conversation_id]

    def test_is_there_for_nobody_else(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        for who in others(room):
            with room.database.write() as session:
                assert room.conversations.list(session, who, PageRequest(10)).items == []
                for look in (room.conversations.get, room.conversations.delete):
                    with pytest.raises(ConversationIsNotThere):
                        look(session, who, asked.conversation_id)
                with pytest.raises(ConversationIsNotThere):
                    room.conversations.message(session, who, asked.conversation_id, asked.answer_id)

    def test_has_no_messages_of_another(self, room: Room) -> None:
        who = room.person()
        first, second = room.ask(who, WHO_MADE_IT), room.ask(who, WHO_MADE_IT)
        with room.database.read() as session, pytest.raises(MessageIsNotThere):
            room.conversations.message(session, who, first.conversation_id, second.answer_id)

    def test_is_listed_by_what_was_said_last_page_by_page(self, room: Room) -> None:
        who, ids = room.person(), []
        for number in range(3):
            ids.append(room.ask(who, f"Is oven{number} there?").conversation_id)
            room.works()
            room.clock.advance(1)
        room.ask(who, "And now?", ids[0])
        with room.database.read() as session:
            first = room.conversations.list(session, who, PageRequest(2))
            assert first.next_cursor is not None
            rest = room.conversations.list(session, who, PageRequest(2, decode_cursor(first.next_cursor)))
        assert [one.id for one in (*first.items, *rest.items)] == [ids[0], ids[2], ids[1]]
        assert rest.next_cursor is None
        assert next(one.last.text for one in first.items if one.last) == "And now?"

    def test_refuses_a_cursor_that_is_none(self, room: Room) -> None:
        with room.database.read() as session, pytest.raises(Invalid):
            room.conversations.list(session, room.person(), PageRequest(2, "yesterday conv_1"))

    def test_is_deleted_with_all_that_was_said(self, room: Room) -> None:
        who = room.person()
        kept, asked = room.ask(who, WHO_MADE_IT), room.ask(who, WHO_MADE_IT)
        ghost = next(one for one in (room.claim(), room.claim()) if one.subject == asked.answer_id)
        with room.database.write() as session:
            room.conversations.delete(session, who, asked.conversation_id)
        with pytest.raises(LeaseLost):
            room.works(ghost)
        with room.database.read() as session:
            assert session.scalars(select(Conversation.id)).all() == [kept.conversation_id]
            assert set(session.scalars(select(ChatMessage.conversation_id))) == {kept.conversation_id}
            assert session.get_one(Job, ghost.id).state == JobState.CANCELLED

    def test_tells_those_who_wait_no_more_than_that_it_has_changed(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        with room.database.read() as session:
            events = session.scalars(select(Event).where(Event.type == "message_updated")).all()
        assert [(one.topic, one.data) for one in events] == [
            (
                f"conversation:{asked.conversation_id}",
                {"conversationId": asked.conversation_id, "messageId": asked.answer_id, "status": "complete"},
            )
        ]

    def test_says_nothing_to_the_audit_trail_of_what_was_said(self, room: Room) -> None:
        trail, who = Trail(clock=room.clock), room.person()
        trail.watch(room.database)
        with acting(Act.of(who)):
            asked = room.ask(who, WHO_MADE_IT)
            with room.database.write() as session:
                memory = room.memories.add(session, who, "I bake rye.")
            room.works()
            with room.database.write() as session:
                room.memories.delete(session, who, memory.id)
                room.conversations.delete(session, who, asked.conversation_id)
        with room.database.read() as session:
            rows = session.scalars(select(AuditEvent).where(AuditEvent.actor_id == who.user_id)).all()
        told = " ".join(f"{row.changes} {row.details}" for row in rows)
        assert {(row.entity_type, row.action) for row in rows} >= {
            ("conversation", "created"), ("conversation", "deleted"), ("memory", "created"), ("memory", "deleted"),
        }  # fmt: skip
        assert not any(secret in told for secret in ("bread", "rye", MADE))


class TestItsJob:
    def test_is_called_off_and_not_tried_again(self, room: Room) -> None:
        asked, claim = room.ask(room.person(), WHO_MADE_IT), room.claim()
        with room.database.write() as session:
            job = session.get_one(Job, claim.id)
            with pytest.raises(JobCannotBeRetried, match="send the message again"):
                room.work.retry(session, job)
            room.work.cancel(session, job)
        assert (room.row(asked).state, room.row(asked).error_code) == (MessageState.FAILED, "CANCELLED")
        with pytest.raises(LeaseLost):
            room.works(claim)


class TestMemories:
    def test_are_their_owners_alone(self, room: Room) -> None:
        who, again = room.person(), room.person()
        with room.database.write() as session:
            kept = room.memories.add(session, who, " I bake rye. ")
            assert [(one.id, one.text) for one in room.memories.list(session, again)] == [(kept.id, "I bake rye.")]
        for other in others(room):
            with room.database.write() as session:
                assert room.memories.list(session, other) == []
                with pytest.raises(MemoryIsNotThere):
                    room.memories.delete(session, other, kept.id)
        with room.database.write() as session:
            room.memories.delete(session, who, kept.id)
            assert session.scalar(select(func.count()).select_from(Memory)) == 0

    def test_are_bounded(self, room: Room) -> None:
        who = room.person()
        with room.database.write() as session:
            for number in range(MOST_OF_ONE):
                room.memories.add(session, who, f"{number}")
            with pytest.raises(TooManyMemories, match=str(MOST_OF_ONE)):
                room.memories.add(session, who, "one more")
