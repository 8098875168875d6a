"""Answers as a worker makes them: checked, within what the asker may read now, whatever is killed meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from identity.audit.models import AuditEvent
from identity.models import AccessKey, User
from identity.types import Role, Scope
from kit.errors import RateLimited, Unavailable
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.types import JobState
from orchestration.agents.types import AdapterType, AgentState
from orchestration.chat.progress import LONGEST_WAIT
from orchestration.chat.thread import WITHHELD
from orchestration.chat.types import Context, MessageState
from orchestration.chat.work import LOST
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy
from orchestration.runs.types import Role as Speaker
from orchestration.runs.types import TextDelta
from tests.unit.orchestration.chat.room import HEAT, MADE, SALARY, SECRET, Room, search
from tests.unit.orchestration.runs.floor import Killed

WHO_MADE_IT = "Who made the bread oven?"


def die() -> None:
    raise Killed


class TestAnAnswer:
    def test_quotes_what_was_found_with_its_citation(self, room: Room) -> None:
        view = room.told(room.person(), WHO_MADE_IT)
        assert view.state is MessageState.COMPLETE
        assert f"“{MADE}” [cite:{room.library.key(MADE)}]" in view.text
        assert {(one.quote, one.supported, one.file_id) for one in view.sources} >= {(MADE, True, "ovens")}
        assert all(one.supported for one in view.sources)

    def test_says_what_the_knowledge_does_not_hold(self, room: Room) -> None:
        view = room.told(room.person(), "Which whales live near Norway?")
        assert view.text.startswith("The knowledge base does not hold an answer to: Which whales")
        assert view.sources == []

    def test_of_a_model_is_marked_where_nothing_stands_behind_it(self, room: Room) -> None:
        key = room.library.key(MADE)
        said = f"“{MADE}” [cite:{key}] It is old. “The oven is from Milan.” [cite:{key}]"
        room.mind.says = [[search("oven")], [TextDelta(said)]]
        view = room.told(room.person(), WHO_MADE_IT)
        assert view.text == (
            f"“{MADE}” [cite:{key}] It is old. [unsupported] “The oven is from Milan.” [unsupported:{key}]"
        )
        assert [one.supported for one in view.sources] == [True, False]
        assert (view.input_tokens, view.output_tokens) == (20, 4)

    def test_leaves_nothing_of_its_turns_and_a_trace_of_what_was_read(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        room.works()
        assert (room.row(asked).turns, room.row(asked).turns_count) == ([], 3)
        room.reads.close()
        with room.database.read() as session:
            rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).all()
        assert {(row.actor_id, row.key_id, row.entity_id) for row in rows} == {(who.user_id, who.key_id, "ovens")}

    def test_has_tools_that_only_read(self, room: Room) -> None:
        room.told(room.person(), WHO_MADE_IT)
        assert {tool.name for tools in room.mind.asked for tool in tools} == {"search", "read_around"}


class TestWhatMayBeRead:
    def test_is_what_the_person_and_the_agent_may_both_read(self, room: Room) -> None:
        asked = "What is the secret recipe of the bread oven? What is the salary of the baker?"
        whole = room.told(room.person(), asked).text
        assert SALARY in whole
        assert SECRET not in whole
        narrow = room.told(room.person(dataset_ids=["kitchen", "vault"]), asked).text
        assert SALARY not in narrow
        assert SECRET not in narrow
        assert {frozenset(ids) for _, ids in room.library.searched} == {
            frozenset({"kitchen", "staff"}), frozenset({"kitchen"}),
        }  # fmt: skip

    def test_is_for_an_agents_key_what_that_agent_may_read_too(self, room: Room) -> None:
        text = room.told(room.person(agent_role="adros_cd"), "What is the secret recipe of the bread oven?").text
        assert SECRET not in text
        assert room.library.searched == []

    def test_is_nothing_for_another_tenant(self, room: Room) -> None:
        others = room.office.others
        stranger = room.person(tenant_id=others.tenant, user_id=others.admin)
        assert MADE not in room.told(stranger, WHO_MADE_IT).text
        assert room.library.searched == []

    def test_is_told_by_the_rights_of_now(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, "What is the salary of the baker?")
        with room.database.write() as session:
            held = update(AccessKey).where(AccessKey.id == who.key_id).values(dataset_ids=["kitchen"])
            session.execute(held)
        room.works()
        assert SALARY not in room.row(asked).content
        assert {tuple(ids) for _, ids in room.library.searched} <= {("kitchen",)}

    @pytest.mark.parametrize("reason", ["revoked", "expired", "deactivated", "scopes"])
    def test_is_nothing_once_who_asked_may_not(self, room: Room, reason: str) -> None:
        who = room.person(expires_at=room.clock.now() + timedelta(days=30))
        asked = room.ask(who, WHO_MADE_IT)
        now, mine = room.clock.now(), AccessKey.id == who.key_id
        change = {
            "revoked": update(AccessKey).where(mine).values(revoked_at=now),
            "expired": update(AccessKey).where(mine).values(expires_at=now),
            "deactivated": update(User).where(User.id == who.user_id).values(deactivated_at=now),
            "scopes": update(AccessKey).where(mine).values(scopes=[Scope.READ.value]),
        }
        with room.database.write() as session:
            session.execute(change[reason])
        claim = room.works()
        row = room.row(asked)
        assert (row.state, row.content, row.error_code) == (MessageState.FAILED, "", "FORBIDDEN")
        assert (room.job(claim).state, room.library.searched) == (JobState.FAILED, [])

    def test_is_looked_at_again_where_a_passage_goes_in_the_middle(self, room: Room) -> None:
        room.mind.meanwhile[3] = lambda: room.library.gone.add("ovens")
        view = room.told(room.person(), f"{WHO_MADE_IT} What is the salary of the baker?")
        assert room.mind.meanwhile == {}
        assert MADE not in view.text
        assert len([query for query, _ in room.library.searched if query == WHO_MADE_IT]) == 2

    def test_narrows_to_the_dataset_of_the_activity_that_it_is_about(self, room: Room) -> None:
        dataset = room.office.dataset("researcher")
        task = room.office.task(dataset_id=dataset, title="Ovens", prompt="Write of ovens.")
        who = room.person()
        room.ask(who, WHO_MADE_IT, about=Context(task_id=task))
        room.works()
        assert room.library.searched == []
        assert "the activity “Ovens”" in room.mind.heard[0][0].text


class TestAFollowUp:
    def test_is_understood_from_what_was_asked_before(self, room: Room) -> None:
        who = room.person()
        first = room.told(who, WHO_MADE_IT)
        second = room.told(who, "And how hot does it get?", first.conversation_id)
        assert HEAT in second.text
        assert "made by Ferrante" not in second.text
        assert (f"{WHO_MADE_IT} And how hot does it get?", ("kitchen", "staff")) in [
            (query, tuple(sorted(ids))) for query, ids in room.library.searched
        ]

    def test_is_told_to_a_model_with_what_was_said(self, room: Room) -> None:
        room.mind.says = [[TextDelta("I do not know.")]]
        who = room.person()
        first = room.told(who, WHO_MADE_IT)
        room.told(who, "Why not?", first.conversation_id)
        assert [(one.role, one.text, one.is_earlier) for one in room.mind.heard[-1][1:]] == [
            (Speaker.USER, WHO_MADE_IT, True),
            (Speaker.ASSISTANT, "I do not know. [unsupported]", True),
            (Speaker.USER, "Why not?", False),
        ]

    def test_is_not_told_what_is_not_there_any_more(self, room: Room) -> None:
        who = room.person()
        first = room.told(who, WHO_MADE_IT)
        room.library.gone.add("ovens")
        second = room.told(who, "And what is the salary of the baker?", first.conversation_id)
        told = [one.text for messages in room.mind.heard[3:] for one in messages]
        assert WITHHELD in told
        assert not any(MADE in one for one in told)
        shown = room.history(who, first.conversation_id).messages
        assert [(one.text, one.is_withheld, one.sources) for one in shown[1:2]] == [(WITHHELD, True, [])]
        assert SALARY in shown[3].text
        assert second.is_withheld is False

    def test_of_a_model_goes_with_all_that_it_was_told_of(self, room: Room) -> None:
        room.mind.says = [[search("bread oven")], [TextDelta("Ferrante made it.")]]
        who = room.person()
        first = room.told(who, WHO_MADE_IT)
        room.mind.says = [[TextDelta("As I said, Ferrante.")]]
        room.told(who, "Who?", first.conversation_id)
        room.library.gone.add("ovens")
        assert [one.is_withheld for one in room.history(who, first.conversation_id).messages] == [
            False, True, False, True,
        ]  # fmt: skip


class TestMemories:
    def test_are_told_to_their_owners_model_and_to_no_other(self, room: Room) -> None:
        room.mind.says = [[TextDelta("Yes.")]]
        who, other = room.person(), room.person(room.people.admin, Role.ADMIN)
        with room.database.write() as session:
            room.memories.add(session, who, "I bake rye.")
        room.told(who, "Is it hot?")
        room.told(other, "Is it hot?")
        room.told(room.person(dataset_ids=["kitchen"]), "Is it hot?")
        first, *others = [messages[0].text for messages in room.mind.heard]
        assert "- I bake rye." in first
        assert len(others) == 2
        assert not any("rye" in one for one in others)


class TestAWorkerThatDies:
    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_costs_the_turn_it_was_in_and_no_other(self, room: Room, turn: int) -> None:
        room.mind.meanwhile[turn] = die
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        with pytest.raises(Killed):
            room.works(room.claim())
        assert room.row(asked).turns_count == turn - 1
        assert room.answer(who, asked).state is MessageState.PENDING
        room.clock.advance(60)
        room.works(room.claim("w2"))
        assert MADE in room.answer(who, asked).text
        assert [query for query, _ in room.library.searched] == [WHO_MADE_IT]
        assert (room.row(asked).turns_count, room.messages()) == (3, 2)

    def test_and_comes_back_writes_nothing_over_its_successor(self, room: Room) -> None:
        who = room.person()
        asked, ghost = room.ask(who, WHO_MADE_IT), room.claim("w1")

        def successor() -> None:
            room.clock.advance(31)
            room.works(room.claim("w2"))

        room.mind.meanwhile[2] = successor
        with pytest.raises(LeaseLost):
            room.works(ghost)
        assert (room.row(asked).turns_count, room.row(asked).state) == (3, MessageState.COMPLETE)

    def test_again_and_again_fails_the_answer(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.handler.gave_up(room.claim(), "workers died over it")
        assert (room.row(asked).state, room.row(asked).error) == (MessageState.FAILED, "workers died over it")

    def test_by_being_stopped_hands_it_back(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        claim = room.works(signals=Signals(stopping=lambda: True))
        assert room.job(claim).state == JobState.QUEUED
        room.works()
        assert MADE in room.answer(who, asked).text

    def test_together_with_whoever_should_have_said_so_is_found(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        assert room.watch.tick() == 0
        with room.database.write() as session:
            room.queue.cancel(session, subject=asked.answer_id, kinds=("chat.answer",))
        assert (room.watch.tick(), room.row(asked).error) == (1, LOST)


class TestAModelThatDoesNotAnswer:
    def test_is_asked_again_when_its_server_says_so(self, room: Room) -> None:
        self.fail_with(room, ModelIsBusy("busy", retry_after=30))
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        claim = room.works()
        assert (room.job(claim).state, room.row(asked).state) == (JobState.QUEUED, MessageState.PENDING)
        room.clock.advance(31)
        room.works()
        assert MADE in room.answer(who, asked).text

    def test_is_not_waited_for_longer_than_a_person_waits(self, room: Room) -> None:
        self.fail_with(room, ModelIsBusy("busy", retry_after=LONGEST_WAIT.total_seconds() + 1))
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        assert (room.row(asked).state, room.row(asked).error_code) == (MessageState.FAILED, "MODEL_BUSY")

    def test_is_given_up_after_the_last_attempt(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        for _ in range(5):
            assert room.row(asked).state == MessageState.PENDING
            self.fail_with(room, ModelFailed("it broke off"))
            room.works()
            room.clock.advance(300)
        assert (room.row(asked).state, room.row(asked).error) == (MessageState.FAILED, "it broke off")

    def test_and_quotas_that_are_used_up_are_said(self, room: Room) -> None:
        self.fail_with(room, RateLimited("no searches are left", retry_after=9, code="QUOTA_EXCEEDED"))
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        assert (room.row(asked).state, room.row(asked).error_code) == (MessageState.FAILED, "QUOTA_EXCEEDED")

    def test_is_no_failure_while_what_it_needs_is_away(self, room: Room) -> None:
        self.fail_with(room, Unavailable("the engine is away"))
        asked = room.ask(room.person(), WHO_MADE_IT)
        with pytest.raises(Unavailable):
            room.works()
        assert room.row(asked).state == MessageState.PENDING

    def test_is_bounded_in_turns(self, room: Room) -> None:
        room.mind.says = [[search("oven")]]
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.works()
        assert room.row(asked).error == "no answer after 6 turns, and it may take 6"

    def test_because_its_agent_is_not_run_here_any_more_says_so(self, room: Room) -> None:
        asked = room.ask(room.person(), WHO_MADE_IT)
        room.office.configure("researcher", AdapterType.OUTSIDE)
        room.works()
        assert (room.row(asked).state, room.row(asked).error_code) == (MessageState.FAILED, "MODEL_NOT_CONFIGURED")

    def test_because_its_agent_was_stopped_meanwhile_says_so(self, room: Room) -> None:
        who = room.person()
        asked = room.ask(who, WHO_MADE_IT)
        room.mind.meanwhile[1] = lambda: room.office.configure(
            "researcher", AdapterType.EXTRACTIVE, state=AgentState.STOPPED
        )
        room.works()
        assert (room.row(asked).state, room.row(asked).error_code) == (MessageState.FAILED, "AGENT_STOPPED")
        assert len(room.mind.heard) == 1
        room.office.configure("researcher", AdapterType.EXTRACTIVE, state=AgentState.STARTED)
        assert MADE in room.told(who, WHO_MADE_IT, asked.conversation_id).text

    @staticmethod
    def fail_with(room: Room, error: Exception) -> None:
        def fails() -> None:
            raise error

        room.mind.meanwhile[1] = fails
