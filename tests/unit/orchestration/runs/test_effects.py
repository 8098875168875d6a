"""Tools that change something: once, by whom they are for, and with a result that may come days later."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from identity.audit.models import AuditEvent
from kit.jobs.types import JobState
from kit.pagination import PageRequest
from orchestration.agents.types import AdapterType, AgentState
from orchestration.approvals.models import Approval
from orchestration.approvals.types import ApprovalQuery, ApprovalStatus, ApprovalView, Decision, Resolution
from orchestration.approvals.watch import ApprovalWatch
from orchestration.runs.agency import Agency
from orchestration.runs.effects.handover import DEEPEST, MOST_SUBTASKS
from orchestration.runs.progress import RunProgress
from orchestration.tasks.models import Task, TaskBlocker, TaskComment
from orchestration.tasks.types import BlockerState, Json, RunState, TaskStatus
from retrieval.records.models import SearchRecord
from tests.unit.orchestration.runs.floor import Floor, Killed
from tests.unit.orchestration.runs.test_interventions import answer, cancel

COMMENT: tuple[str, Mapping[str, Json]] = ("comment", {"text": "I begin."})
QUESTION: tuple[str, Mapping[str, Json]] = ("ask_person", {"question": "Which year?"})
APPROVAL: tuple[str, Mapping[str, Json]] = (
    "request_approval",
    {"title": "Name the maker?", "options": ["yes", "initials"], "risk": "high", "expires_in_hours": 5},
)
HANDOVER: tuple[str, Mapping[str, Json]] = (
    "hand_over",
    {"agent_role": "adros_cmo", "title": "Part", "prompt": "Which ovens?"},
)


GAP: tuple[str, Mapping[str, Json]] = ("report_gap", {"question": "Who made the kiln?", "missing": "Only the oven."})


@pytest.fixture(autouse=True)
def colleagues(floor: Floor) -> None:
    """Another agent that is run here."""
    floor.office.configure("adros_cmo", AdapterType.EXTRACTIVE)
    floor.script.looks = 0


def asks(floor: Floor, *calls: tuple[str, Mapping[str, Json]], **fields: object) -> str:
    """A task whose first turn makes these calls."""
    floor.script.calls[1] = calls
    task = floor.office.task(**fields)
    floor.works()
    return task


def blocker(floor: Floor, task: str) -> str:
    with floor.office.database.read() as session:
        wanted = select(TaskBlocker.id).where(TaskBlocker.task_id == task, TaskBlocker.state == BlockerState.OPEN)
        return session.scalars(wanted).one()


def approval(floor: Floor) -> ApprovalView:
    with floor.office.database.read() as session:
        page = floor.office.desk.approvals.list(session, floor.office.admin, ApprovalQuery(), PageRequest(1))
        return page.items[0]


def decide(floor: Floor, decision: Decision) -> None:
    with floor.office.database.write() as session:
        floor.office.resolver.resolve(session, floor.office.admin, approval(floor).id, decision)


def subtask(floor: Floor, task: str) -> str:
    with floor.office.database.read() as session:
        return session.scalars(select(Task.id).where(Task.parent_id == task).order_by(Task.id.desc())).first() or ""


class TestAnEffect:
    @pytest.mark.parametrize(
        ("call", "rows"),
        [(COMMENT, TaskComment), (QUESTION, TaskBlocker), (APPROVAL, Approval), (HANDOVER, Task), (GAP, SearchRecord)],
    )
    def test_happens_once_though_its_worker_is_killed(
        self, floor: Floor, monkeypatch: pytest.MonkeyPatch, call: tuple[str, Mapping[str, Json]], rows: type
    ) -> None:
        """Killed after it happened, before its transaction is over: nothing is left of either."""

        def killed(*_: object) -> None:
            raise Killed

        floor.office.dataset("researcher", "adros_cmo")
        floor.script.calls[1] = [call]
        floor.office.task()
        before = count(floor, rows)
        with monkeypatch.context() as patch:
            patch.setattr(RunProgress, "_tell", killed)
            with pytest.raises(Killed):
                floor.works()
        assert (count(floor, rows), floor.turns()) == (before, [])
        floor.office.clock.advance(60)
        floor.works(floor.claim("w2"))
        assert count(floor, rows) == before + 1
        assert floor.turns()[0] == 1

    def test_reports_a_gap_to_those_who_look_after_the_documents(self, floor: Floor) -> None:
        dataset = floor.office.dataset("researcher")
        asks(floor, GAP)
        with floor.office.database.read() as session:
            made = session.scalars(select(Task).where(Task.kind == "knowledge_gap")).one()
            entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "gap_reported")).one()
            record = session.scalars(select(SearchRecord)).one()
        assert (made.title, made.description) == ("Missing: Who made the kiln?", "Only the oven.")
        assert (made.dataset_id, made.created_by_id) == (dataset, "researcher")
        assert (record.query, record.dataset_ids) == ("Who made the kiln?", [dataset])
        assert floor.results() == {"c1.0": {"reportId": entry.id}}

    def test_reports_no_gap_in_documents_that_are_others(self, floor: Floor) -> None:
        floor.office.dataset("adros_cmo")
        asks(floor, GAP)
        assert floor.results() == {
            "c1.0": {"error": "there is no dataset for this agent that anything could be missing in"}
        }
        assert count(floor, SearchRecord) == 0

    def test_does_not_happen_in_a_turn_that_is_let_go(self, floor: Floor) -> None:
        floor.script.calls[1] = [COMMENT]
        task = floor.office.task()
        floor.script.meanwhile[1] = lambda: floor.office.move(task, TaskStatus.CANCELLED)
        floor.works()
        assert count(floor, TaskComment) == 0

    def test_is_for_agents_that_have_it_when_it_happens(self, floor: Floor) -> None:
        take_away = {"tools": ["look"], "concurrency": 4}
        floor.script.meanwhile[1] = lambda: floor.office.configure("researcher", AdapterType.EXTRACTIVE, **take_away)
        asks(floor, COMMENT)
        assert floor.results() == {"c1.0": {"error": "agent researcher may not use comment any more"}}
        assert count(floor, TaskComment) == 0

    def test_is_for_agents_that_may_see_what_the_task_is_about(self, floor: Floor) -> None:
        office = floor.office
        mine, hers = office.dataset("researcher"), office.dataset("adros_cmo")
        for dataset, is_done in ((mine, True), (hers, False)):
            asks(floor, COMMENT, dataset_id=dataset)
            assert ("commentId" in floor.results()["c1.0"]) is is_done

    @pytest.mark.parametrize(
        ("name", "arguments", "message"),
        [
            ("comment", {"text": " "}, "text is ' '; send a text that is not empty"),
            ("comment", {"text": "@agent:nobody look"}, "@agent:nobody is nobody here; name an agent by its role"),
            ("ask_person", {}, "question is None"),
            ("ask_person", {"question": "Who?", "person_id": "nobody"}, "'nobody' is nobody who could do this"),
            ("request_approval", {"title": "x", "risk": "huge"}, "risk is 'huge'; send one of low, medium, high"),
            ("request_approval", {"title": "x", "options": ["a", "a"]}, "options names the same twice: 'a', 'a'"),
            ("request_approval", {"title": "x", "options": "a"}, "options is 'a'; send a list"),
            ("request_approval", {"title": "x", "expires_in_hours": True}, "send a number from 0.1 to 2160"),
            ("hand_over", {"agent_role": "adros_cmo", "title": "x", "prompt": "y", "wait": 1}, "send true or false"),
        ],
    )
    def test_with_arguments_that_make_no_sense_changes_nothing(
        self, floor: Floor, name: str, arguments: Mapping[str, Json], message: str
    ) -> None:
        task = asks(floor, (name, arguments))
        assert message in floor.results()["c1.0"]["error"]
        assert floor.detail(task).task.status is TaskStatus.DONE
        assert [count(floor, rows) for rows in (TaskComment, TaskBlocker, Approval, Task)] == [0, 0, 0, 1]

    def test_that_waits_keeps_a_second_one_from_waiting(self, floor: Floor) -> None:
        task = asks(floor, QUESTION, COMMENT, APPROVAL)
        assert (count(floor, TaskComment), count(floor, Approval)) == (1, 0)
        answer(floor, task, blocker(floor, task))
        floor.works()
        told = floor.results()
        assert told["c1.0"] == {"answer": "1994", "by": "admin"}
        assert told["c1.2"]["error"].startswith("not done, since the run waits for question already")


class TestAComment:
    def test_is_the_agents(self, floor: Floor) -> None:
        member = floor.office.people.member
        task = asks(floor, ("comment", {"text": f"@human:{member} I begin."}))
        (said,) = floor.detail(task).comments
        assert (said.text, said.author.id, [one.id for one in said.mentions]) == (
            f"@human:{member} I begin.", "researcher", [member],
        )  # fmt: skip
        assert floor.results()["c1.0"] == {"commentId": said.id}


class TestAskingAPerson:
    def test_waits_as_a_row_and_goes_on_with_the_answer(self, floor: Floor) -> None:
        floor.script.calls[1] = [QUESTION]
        task = floor.office.task()
        claim = floor.works()
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.BLOCKED, RunState.WAITING)
        assert (floor.state(claim), floor.office.jobs(task)) == (JobState.DONE, 0)

        answer(floor, task, blocker(floor, task))
        floor.works()
        detail = floor.detail(task)
        assert floor.results() == {"c1.0": {"answer": "1994", "by": "admin"}}
        assert (detail.task.status, [run.state for run in detail.runs]) == (TaskStatus.DONE, [RunState.COMPLETED])

    def test_that_is_called_off_leaves_nobody_asked(self, floor: Floor) -> None:
        task = asks(floor, QUESTION)
        cancel(floor, task)
        with floor.office.database.read() as session:
            assert session.scalars(select(TaskBlocker.state)).one() == BlockerState.WITHDRAWN


class TestAskingForAnApproval:
    def test_says_what_is_to_be_decided(self, floor: Floor) -> None:
        task = asks(floor, APPROVAL)
        view = approval(floor)
        assert (view.title, view.options, view.risk, view.created_by.id) == (
            "Name the maker?", ("yes", "initials"), "high", "researcher",
        )  # fmt: skip
        assert (view.expires_at - view.created_at).total_seconds() == 5 * 3600
        assert [one.id for one in view.tasks] == [task]
        assert floor.detail(task).task.status is TaskStatus.AWAITING_APPROVAL

    @pytest.mark.parametrize(
        ("decision", "reason"),
        [
            (Decision(Resolution.APPROVED, option="initials"), "review_approved"),
            (Decision(Resolution.REJECTED, note="Not yet."), "review_feedback"),
        ],
    )
    def test_goes_on_with_the_decision(self, floor: Floor, decision: Decision, reason: str) -> None:
        task = asks(floor, APPROVAL, needs_review=True)
        decide(floor, decision)
        floor.works()
        told = {"decision": decision.resolution.value, "option": decision.option, "note": decision.note, "by": "admin"}
        assert floor.results() == {"c1.0": told}
        detail = floor.detail(task)
        assert (detail.task.wake_reason, detail.task.feedback) == (reason, None)
        assert (detail.task.status, len(detail.runs)) == (TaskStatus.AWAITING_APPROVAL, 1)  # of what it brought

    def test_leaves_what_the_last_review_asked_for(self, floor: Floor) -> None:
        task = floor.office.task(needs_review=True)
        floor.works()
        floor.script.calls = {2: [APPROVAL]}  # behind what it brought first
        decide(floor, Decision(Resolution.REJECTED, note="Shorter."))
        floor.works()
        decide(floor, Decision(Resolution.APPROVED, option="yes"))
        floor.works()
        assert [one.text for one in floor.script.heard[-1]][1:4] == ["What is new?", "Done.", "Shorter."]
        assert floor.detail(task).task.feedback == "Shorter."

    def test_that_nobody_decides_about_fails_the_task(self, floor: Floor) -> None:
        task = asks(floor, APPROVAL)
        floor.office.clock.advance(hours=6)
        ApprovalWatch(floor.office.database, floor.office.resolver).tick()
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].error) == (TaskStatus.FAILED, "nobody decided about it in time")
        assert approval_state(floor) == ApprovalStatus.EXPIRED


class TestHandingOver:
    def test_waits_for_what_the_other_agent_brings(self, floor: Floor) -> None:
        task = asks(floor, HANDOVER)
        part = subtask(floor, task)
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].state) == (TaskStatus.AWAITING_SUBTASK, RunState.WAITING)
        floor.works()
        assert floor.detail(part).task.status is TaskStatus.DONE
        assert floor.detail(task).task.wake_reason == "subtask_ended"
        floor.works()
        assert floor.results() == {"c1.0": {"activityId": part, "status": "done", "output": "Done."}}
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_without_waiting_goes_on_at_once(self, floor: Floor) -> None:
        task = asks(floor, ("hand_over", {**HANDOVER[1], "wait": False}))
        part = subtask(floor, task)
        assert floor.results() == {"c1.0": {"activityId": part, "status": "assigned"}}
        assert floor.detail(task).task.status is TaskStatus.DONE
        assert floor.office.jobs(part) == 1

    def test_is_told_that_the_other_agent_failed(self, floor: Floor) -> None:
        task = asks(floor, HANDOVER)
        claim = floor.claim()
        with floor.office.database.write() as session:
            floor.handler.progress.fail(session, claim, "no model")
        assert floor.handler.watch.tick() == 1  # as after a worker that was killed in between
        floor.works()
        told = {"activityId": subtask(floor, task), "status": "failed", "error": "no model"}
        assert floor.results() == {"c1.0": told}

    def test_that_is_called_off_calls_the_subtask_off(self, floor: Floor) -> None:
        task = asks(floor, HANDOVER)
        part = subtask(floor, task)
        cancel(floor, task)
        assert [floor.handler.watch.tick(), floor.handler.watch.tick()] == [1, 0]
        assert (floor.detail(part).task.status, floor.office.jobs(part)) == (TaskStatus.CANCELLED, 0)

    @pytest.mark.parametrize(
        ("role", "message"),
        [
            ("researcher", "agent_role is 'researcher'; send one of adros_ceo"),
            ("nobody", "agent_role is 'nobody'; send one of"),
            ("adros_cd", "agent adros_cd is not run here"),
        ],
    )
    def test_is_to_another_agent_that_is_run_here(self, floor: Floor, role: str, message: str) -> None:
        task = asks(floor, ("hand_over", {**HANDOVER[1], "agent_role": role}))
        assert message in floor.results()["c1.0"]["error"]
        assert subtask(floor, task) == ""

    @pytest.mark.parametrize("state", [AgentState.PAUSED, AgentState.STOPPED])
    def test_is_not_to_one_who_takes_no_work(self, floor: Floor, state: AgentState) -> None:
        floor.office.configure("adros_cmo", AdapterType.EXTRACTIVE, state=state)
        task = asks(floor, HANDOVER)
        assert f"agent 'adros_cmo' is {state} and takes no new work" in floor.results()["c1.0"]["error"]
        assert subtask(floor, task) == ""

    def test_is_not_to_one_who_may_see_less(self, floor: Floor) -> None:
        floor.office.dataset("researcher")
        asks(floor, HANDOVER)
        assert "may not see all that you see" in floor.results()["c1.0"]["error"]

    def test_lets_the_other_see_no_more(self, floor: Floor) -> None:
        both = floor.office.dataset("researcher", "adros_cmo")
        floor.office.dataset("adros_cmo")
        part = subtask(floor, asks(floor, HANDOVER))
        agency: Agency = floor.handler.progress.agency
        with floor.office.database.read() as session:
            seen = agency.names.readable_names(session, agency.principal(session, session.get_one(Task, part)))
        assert set(seen) == {both}

    def test_has_an_end(self, floor: Floor) -> None:
        once = ("hand_over", {**HANDOVER[1], "wait": False})
        asks(floor, *[once] * (MOST_SUBTASKS + 1))
        assert f"{MOST_SUBTASKS} subtasks were handed over already" in floor.results()[f"c1.{MOST_SUBTASKS}"]["error"]

    def test_to_and_fro_has_an_end(self, floor: Floor) -> None:
        above = floor.office.task(prompt="?")
        for number in range(DEEPEST):
            made = floor.office.task(prompt=f"{number}", parent_id=above)
            with floor.office.database.write() as session:
                session.get_one(Task, made).created_by_kind = "agent"
            above = made
        floor.script.calls[1] = [HANDOVER]
        with floor.office.database.write() as session:
            session.get_one(Task, above).prompt = "What is new?"
        for _ in range(DEEPEST + 1):
            floor.works()
        assert floor.results()["c1.0"]["error"] == f"this was handed over {DEEPEST} times already: do it yourself"


class TestRunsWithoutAJob:
    def test_are_taken_up_once_their_agent_is_run_here(self, floor: Floor) -> None:
        task = floor.office.task(assignee_id="adros_cd")
        assert (floor.handler.watch.tick(), floor.office.jobs(task)) == (0, 0)
        floor.office.configure("adros_cd", AdapterType.EXTRACTIVE)
        assert [floor.handler.watch.tick(), floor.handler.watch.tick()] == [1, 0]
        floor.works()
        assert floor.detail(task).task.status is TaskStatus.DONE

    def test_fail_where_a_worker_died_over_them(self, floor: Floor) -> None:
        task, claim = floor.office.task(), floor.claim()
        floor.script.looks = 2

        def die() -> None:
            raise Killed

        floor.script.meanwhile[2] = die
        with pytest.raises(Killed):
            floor.works(claim)
        with floor.office.database.write() as session:
            floor.handler.jobs.fail(session, claim, "buried")
        assert floor.handler.watch.tick() == 1
        detail = floor.detail(task)
        assert (detail.task.status, detail.runs[0].error) == (
            TaskStatus.FAILED, "the worker died over it; try the task again",
        )  # fmt: skip


def count(floor: Floor, rows: type) -> int:
    with floor.office.database.read() as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0


def approval_state(floor: Floor) -> str:
    with floor.office.database.read() as session:
        return session.scalars(select(Approval.status)).one()
