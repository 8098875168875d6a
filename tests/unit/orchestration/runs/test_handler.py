"""Runs as a worker does them: finished, killed and taken up again, called off, out of turns or time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from identity.audit.models import AuditEvent
from ingest.work.errors import JobCannotBeRetried
from kit.errors import Forbidden, Invalid, Unavailable
from kit.jobs.errors import LeaseLost
from kit.jobs.models import Job
from kit.jobs.types import Claim, JobState
from orchestration.agents.types import AdapterType
from orchestration.runs.types import Bounds, Role
from orchestration.tasks.jobs import RUN
from orchestration.tasks.models import Artifact
from orchestration.tasks.types import RunState, TaskStatus
from tests.unit.orchestration.runs.floor import BUSY, SAID, Floor, Killed
from tests.unit.orchestration.runs.knowledge import Knowledge


class TestARun:
    def test_ends_with_an_answer_that_is_kept_and_a_task_that_is_done(self, floor: Floor) -> None:
        task = floor.office.task()
        claim = floor.works()
        detail = floor.detail(task)
        assert detail.task.status is TaskStatus.DONE
        assert detail.output is not None
        assert (detail.output.text, detail.output.version) == ("Done.", 1)
        (run,) = detail.runs
        assert (run.state, run.model, run.input_tokens, run.output_tokens) == (RunState.COMPLETED, "script", 30, 6)
        assert (floor.state(claim), floor.look.seen) == (JobState.DONE, [1, 2])

    def test_is_told_in_the_timeline(self, floor: Floor) -> None:
        task = floor.office.task()
        floor.works()
        assert floor.timeline(task) == [
            "created", "status_changed", "status_changed", "run_started", "turn_finished", "turn_finished",
            "turn_finished", "output_added", "status_changed",
        ]  # fmt: skip

    def test_hears_the_task_and_all_that_came_of_its_calls(self, floor: Floor) -> None:
        floor.office.task()
        floor.works()
        told = [(message.role, message.text, message.call_id) for message in floor.script.heard[-1][1:]]
        assert told == [
            (Role.USER, "What is new?", None), (Role.ASSISTANT, "", None), (Role.TOOL, '{"found": 1}', "c1"),
            (Role.ASSISTANT, "", None), (Role.TOOL, '{"found": 2}', "c2"),
        ]  # fmt: skip

    def test_has_its_citations_checked(self, floor: Floor) -> None:
        knowledge = floor.handler.turns.citations
        assert isinstance(knowledge, Knowledge)
        key = knowledge.key(SAID)
        floor.script.answer = f"“{SAID}” [cite:{key}] “It is from Milan.” [cite:{key}]"
        task = floor.office.task()
        floor.works()
        with floor.office.database.read() as session:
            row = session.scalars(select(Artifact).where(Artifact.task_id == task)).one()
        assert row.text == f"“{SAID}” [cite:{key}] “It is from Milan.” [unsupported:{key}]"
        assert [(one["quote"], one["supported"]) for one in row.sources] == [(SAID, True), ("It is from Milan.", False)]

    def test_leaves_what_it_read_in_the_audit_trail(self, floor: Floor) -> None:
        floor.office.task()
        floor.works()
        floor.handler.turns.reads.close()  # its thread may be about to write: this waits for it
        with floor.office.database.read() as session:
            rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).all()
        assert {(row.actor_id, row.entity_id) for row in rows} == {("researcher", "f")}
        assert len(rows) == 2

    def test_tells_the_model_what_it_can_mend_and_goes_on(self, floor: Floor) -> None:
        floor.look.error = Invalid("at is 1; look elsewhere")
        task = floor.office.task()
        floor.works()
        assert '{"error": "at is 1; look elsewhere"}' in [message.text for message in floor.script.heard[1]]
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_is_put_off_while_what_it_needs_is_away(self, floor: Floor) -> None:
        floor.look.error = Unavailable("the engine is away")
        task = floor.office.task()
        with pytest.raises(Unavailable):
            floor.works()
        assert floor.detail(task).task.status is TaskStatus.IN_PROGRESS


class TestAWorkerThatDies:
    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_costs_the_turn_it_was_in_and_no_other(self, floor: Floor, turn: int) -> None:
        def die() -> None:
            raise Killed

        floor.script.meanwhile[turn] = die
        task = floor.office.task()
        dead = floor.claim()
        with pytest.raises(Killed):
            floor.works(dead)
        assert floor.turns() == list(range(1, turn))
        floor.office.clock.advance(60)
        floor.works(floor.claim("w2"))
        assert floor.look.seen == [1, 2]
        assert floor.turns() == [1, 2, 3]
        detail = floor.detail(task)
        assert (detail.task.status, [run.state for run in detail.runs]) == (TaskStatus.DONE, [RunState.COMPLETED])
        assert floor.timeline(task).count("run_started") == 1

    def test_and_comes_back_writes_nothing_over_its_successor(self, floor: Floor) -> None:
        task, ghost = floor.office.task(), floor.claim("w1")

        def successor() -> None:
            floor.office.clock.advance(31)
            floor.works(floor.claim("w2"))

        floor.script.meanwhile[2] = successor
        with pytest.raises(LeaseLost):
            floor.works(ghost)
        assert floor.turns() == [1, 2, 3]
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_again_and_again_fails_the_task(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.handler.gave_up(claim, "workers died over it")
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].error) == (TaskStatus.FAILED, "workers died over it")

    def test_by_being_stopped_hands_the_run_back(self, floor: Floor) -> None:
        task = floor.office.task()
        claim = floor.works(signals=BUSY)
        assert floor.state(claim) == JobState.QUEUED
        floor.works()
        assert floor.detail(task).task.status is TaskStatus.DONE


class TestAnAgentThatIsGivenToAProgramElsewhere:
    def test_is_not_run_though_its_run_was_in_the_queue(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.office.configure("researcher", AdapterType.OUTSIDE)
        floor.works(claim)
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.ASSIGNED, RunState.QUEUED)
        assert (floor.script.heard, floor.state(claim)) == ([], JobState.DONE)

    def test_is_not_run_to_its_end(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[2] = lambda: floor.office.configure("researcher", AdapterType.OUTSIDE)
        floor.works(claim)
        detail = floor.detail(task)
        assert (detail.task.status, len(floor.script.heard)) == (TaskStatus.FAILED, 2)
        assert detail.runs[0].error == "agent researcher is not run here any more; try the task again"


class TestCallingOff:
    def test_takes_effect_within_the_turn(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[2] = lambda: floor.cancel(claim)
        with pytest.raises(LeaseLost):
            floor.works(claim)
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.CANCELLED, RunState.CANCELLED)
        assert (floor.turns(), detail.output) == ([1], None)
        assert floor.state(claim) == JobState.CANCELLED

    def test_the_task_in_another_place_ends_its_run(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.meanwhile[3] = lambda: floor.office.move(task, TaskStatus.CANCELLED)
        floor.works(claim)
        detail = floor.detail(task)
        assert (detail.runs[0].state, detail.output) == (RunState.CANCELLED, None)
        assert floor.state(claim) == JobState.DONE

    def test_before_it_began_leaves_nothing_to_do(self, floor: Floor) -> None:
        task = floor.office.task()
        floor.office.move(task, TaskStatus.CANCELLED)
        claim = floor.works()
        assert (floor.script.heard, floor.state(claim)) == ([], JobState.DONE)
        assert floor.detail(task).runs[0].state is RunState.CANCELLED

    def test_does_not_undo_what_is_done(self, floor: Floor) -> None:
        task = floor.office.task()
        claim = floor.works()
        floor.cancel(claim)
        assert floor.detail(task).task.status is TaskStatus.DONE


class TestABound:
    def test_of_turns_fails_the_task(self, floor: Floor) -> None:
        floor.script.looks = 99
        task = floor.office.task()
        claim = floor.works()
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.FAILED, RunState.FAILED)
        assert detail.runs[0].error == "no answer after 4 turns, and a run may take 4"
        assert (floor.turns(), floor.state(claim)) == ([1, 2, 3, 4], JobState.FAILED)

    def test_of_seconds_counts_over_the_turns(self, floor: Floor) -> None:
        floor.script.looks = 99
        floor.script.meanwhile = {number: lambda: floor.office.clock.advance(25) for number in (1, 2, 3)}
        task = floor.office.task()
        floor.works()
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.FAILED, RunState.TIMEOUT)
        assert detail.runs[0].error == "no answer after 75 seconds, and a run may take 60"
        assert floor.turns() == [1, 2, 3]

    def test_of_seconds_is_the_tasks_own_where_that_is_the_shorter_one(self, floor: Floor) -> None:
        floor.script.looks = 99
        for agents, tasks, shortest in ((None, 30, 30), (20, 30, 20), (40, 30, 30), (None, 600, 60)):
            floor.office.configure("researcher", AdapterType.EXTRACTIVE, adapter_config={"timeoutSec": agents})
            floor.script.meanwhile = {number: lambda: floor.office.clock.advance(25) for number in (1, 2, 3)}
            task = floor.office.task(max_duration_seconds=tasks)
            floor.works()
            run = floor.detail(task).runs[0]
            assert run.state is RunState.TIMEOUT
            assert (run.error or "").endswith(f"and a run may take {shortest}"), run.error


class TestAnAgentsOwnBounds:
    def test_of_turns_and_tools_count(self, floor: Floor) -> None:
        floor.script.looks = 99
        floor.office.configure("researcher", AdapterType.EXTRACTIVE, adapter_config={"maxTurnsPerRun": 2})
        task = floor.office.task()
        floor.works()
        assert floor.detail(task).runs[0].error == "no answer after 2 turns, and a run may take 2"

    def test_do_not_go_beyond_those_of_the_installation(self) -> None:
        assert Bounds(4, 60).narrowed(99, 900.0, None) == Bounds(4, 60)
        assert Bounds(4, 60).narrowed(None, 5.0, 0.5) == Bounds(4, 5.0, 0.5)

    def test_of_dollars_ends_the_run_between_two_turns(self, floor: Floor) -> None:
        floor.office.configure("researcher", AdapterType.EXTRACTIVE, max_cost_usd=0.01)
        task = floor.office.task()
        floor.script.meanwhile[2] = lambda: floor.office.spend(task, 0.02)
        floor.works()
        detail = floor.detail(task)
        assert (detail.task.status, len(floor.script.heard)) == (TaskStatus.FAILED, 2)
        assert detail.runs[0].error == "no answer for 0.0200 US dollars, and the task may cost 0.0100"

    def test_of_runs_at_a_time_puts_the_next_off(self, floor: Floor) -> None:
        floor.office.configure("researcher", AdapterType.EXTRACTIVE, concurrency=1)
        first, second = floor.office.task(), floor.office.task()
        claims: list[Claim] = []
        floor.script.meanwhile[1] = lambda: claims.append(floor.works(floor.claim("w2")))
        floor.works()
        assert (floor.detail(first).task.status, floor.detail(second).task.status) == (
            TaskStatus.DONE, TaskStatus.ASSIGNED,
        )  # fmt: skip
        assert floor.state(claims[0]) == JobState.QUEUED
        floor.office.clock.advance(5)
        floor.works()
        assert floor.detail(second).task.status is TaskStatus.DONE


class TestTryingAgain:
    def test_is_another_run_from_the_start(self, floor: Floor) -> None:
        floor.script.looks = 99
        task = floor.office.task()
        floor.works()
        floor.script.looks = 1
        floor.retry(task)
        floor.works()
        detail = floor.detail(task)
        assert [run.state for run in detail.runs] == [RunState.FAILED, RunState.COMPLETED]
        assert (detail.task.status, detail.runs[1].input_tokens) == (TaskStatus.DONE, 20)

    def test_follows_a_failure_that_no_model_mends(self, floor: Floor) -> None:
        def refused() -> None:
            raise Forbidden("the model's key is refused")

        floor.script.meanwhile[1] = refused
        task = floor.office.task()
        claim = floor.works()
        assert (floor.detail(task).runs[0].error, floor.state(claim)) == ("the model's key is refused", JobState.FAILED)
        floor.retry(task)
        floor.works()
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_of_its_job_alone_is_refused(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        with floor.office.database.write() as session, pytest.raises(JobCannotBeRetried, match=task):
            floor.work.retry(session, session.get_one(Job, claim.id))
        assert claim.kind == RUN
