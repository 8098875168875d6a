"""Scheduled prompts as time goes by: each time once, none while the workspace is busy, all of it in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from identity.errors import WorkspaceNotFound
from identity.keys import AccessKeys
from identity.models import Workspace
from identity.types import Principal, Role, Scope
from identity.workspaces import Workspaces
from kit.db.database import Database
from kit.errors import Invalid
from kit.pagination import PageRequest, decode_cursor
from kit.schedules.errors import InvalidSchedule
from kit.schedules.scheduler import Scheduler, Schedules
from kit.schedules.types import RunTrigger
from orchestration.scheduled_prompts import service
from orchestration.scheduled_prompts.errors import NobodyWorksHere, ScheduledPromptIsNotThere, TooManySchedules
from orchestration.scheduled_prompts.scheduled import DuePrompt
from orchestration.scheduled_prompts.service import ScheduledPrompts
from orchestration.scheduled_prompts.types import (
    NewScheduledPrompt,
    PromptRunView,
    PromptSource,
    ScheduledPromptChange,
    ScheduledPromptView,
)
from orchestration.tasks.models import Task
from orchestration.tasks.types import TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

DAILY = NewScheduledPrompt("0 8 * * *", "What is new?\nSay it in a line.")


class Desk:
    """A workspace whose agent is the researcher, with one schedule."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.clock, self.office = clock, Office(database, clock)
        self.workspaces = Workspaces(clock=clock, keys=AccessKeys(clock=clock))
        self.prompts = ScheduledPrompts(self.workspaces, self.office.desk.tasks, Schedules(clock), clock)
        self.scheduler = Scheduler(database=database, clock=clock, kinds=[DuePrompt(self.prompts)])
        clock.set(datetime(2026, 3, 1, 7, 0, tzinfo=UTC))
        self.workspace = self.make_workspace("researcher")
        self.id = self.create(DAILY).id

    def make_workspace(self, role: str) -> str:
        with self.office.database.write() as session:
            return self.workspaces.create(session, self.office.admin, name="Desk", agent_role=role).id

    def create(self, new: NewScheduledPrompt, workspace: str | None = None) -> ScheduledPromptView:
        with self.office.database.write() as session:
            return self.prompts.create(session, self.office.admin, workspace or self.workspace, new)

    def token(self, workspace: str, role: str) -> Principal:
        return replace(
            self.office.person(Role.MEMBER), user_id=None, agent_role=role, workspace_id=workspace,
            scopes=frozenset({Scope.READ, Scope.SEARCH}),
        )  # fmt: skip

    def change(self, **fields: object) -> ScheduledPromptView:
        change = ScheduledPromptChange(**fields)  # type: ignore[arg-type]  # its fields
        with self.office.database.write() as session:
            return self.prompts.change(session, self.office.admin, self.workspace, self.id, change)

    def run(self) -> str:
        with self.office.database.write() as session:
            return self.prompts.run(session, self.office.admin, self.workspace, self.id)

    def history(self, limit: int = 50, after: str | None = None) -> Sequence[PromptRunView]:
        with self.office.database.read() as session:
            page = PageRequest(limit, after)
            return self.prompts.history(session, self.office.admin, self.workspace, self.id, page).items

    def statuses(self) -> list[str]:
        return [run.status.value for run in self.history()]

    def view(self) -> ScheduledPromptView:
        with self.office.database.read() as session:
            found = self.prompts.list(session, self.office.admin, self.workspace)
        return next(view for view in found if view.id == self.id)

    def tasks(self) -> list[Task]:
        with self.office.database.read() as session:
            return list(session.query(Task).order_by(Task.id))


@pytest.fixture
def desk(any_database: Database, clock: FrozenClock) -> Desk:
    return Desk(any_database, clock)


class TestAScheduledPrompt:
    def test_becomes_a_task_of_the_workspaces_agent_once(self, desk: Desk) -> None:
        assert desk.scheduler.tick() == 0
        desk.clock.advance(hours=1)
        assert (desk.scheduler.tick(), desk.scheduler.tick()) == (1, 0)
        (task,) = desk.tasks()
        assert (task.title, task.prompt, task.assignee_id) == ("What is new?", DAILY.prompt, "researcher")
        assert (task.workspace_id, desk.office.jobs(task.id)) == (desk.workspace, 1)
        assert desk.view().last_task_id == task.id
        assert (desk.history(), desk.view().last_run) == ([], None)  # it is under way, not past

    def test_ends_as_its_task_does(self, desk: Desk) -> None:
        desk.clock.advance(hours=1)
        desk.scheduler.tick()
        desk.office.move(desk.tasks()[0].id, TaskStatus.IN_PROGRESS, TaskStatus.DONE)
        (run,) = desk.history()
        assert (run.status, run.detail, run.trigger) == ("success", None, RunTrigger.TIMER)
        assert run.due_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
        for ending, detail in ((TaskStatus.FAILED, "it failed"), (TaskStatus.CANCELLED, "it was called off")):
            desk.clock.advance(days=1)
            desk.scheduler.tick()
            desk.office.move(desk.tasks()[-1].id, TaskStatus.IN_PROGRESS, ending)
            assert (desk.history()[0].status, desk.history()[0].detail) == ("error", detail)
            assert desk.view().last_run == desk.history()[0]

    def test_is_skipped_while_its_workspace_is_busy_and_says_so(self, desk: Desk) -> None:
        desk.clock.advance(hours=1)
        desk.scheduler.tick()
        desk.clock.advance(days=1)
        assert desk.scheduler.tick() == 0
        (task,) = desk.tasks()
        (run,) = desk.history()
        assert (run.status, run.task_id, run.started_at) == ("skipped", None, desk.clock.now())
        assert task.id in (run.detail or "")
        assert desk.view().last_run == run

    def test_is_skipped_for_another_schedule_of_the_workspace_too(self, desk: Desk) -> None:
        other = desk.create(DAILY)
        free = desk.create(DAILY, desk.make_workspace("researcher"))
        desk.clock.advance(hours=1)
        assert desk.scheduler.tick() == 2
        with desk.office.database.read() as session:
            views = {view.id: view for view in desk.prompts.list(session, desk.office.admin, desk.workspace)}
            (elsewhere,) = desk.prompts.list(session, desk.office.admin, free.workspace_id)
        skipped = [view for view in views.values() if view.last_task_id is None]
        assert len(skipped) == 1
        assert skipped[0].id in {desk.id, other.id}
        assert elsewhere.last_task_id is not None

    def test_that_nobody_can_do_is_an_error(self, desk: Desk) -> None:
        lonely = desk.make_workspace("nobody")
        made = desk.create(DAILY, lonely)
        desk.clock.advance(hours=1)
        desk.scheduler.tick()
        with desk.office.database.read() as session:
            (view,) = desk.prompts.list(session, desk.office.admin, lonely)
        assert view.last_run is not None
        assert (view.last_run.status, "mint a token" in (view.last_run.detail or "")) == ("error", True)
        with pytest.raises(NobodyWorksHere, match="'nobody'"), desk.office.database.write() as session:
            desk.prompts.run(session, desk.office.admin, lonely, made.id)

    def test_of_a_workspace_that_went_is_an_error(self, desk: Desk) -> None:
        with desk.office.database.write() as session:
            session.get_one(Workspace, desk.workspace).deleted_at = desk.clock.now()
        desk.clock.advance(hours=1)
        assert (desk.scheduler.tick(), desk.tasks()) == (0, [])

    def test_records_the_times_that_nobody_was_there_for(self, desk: Desk) -> None:
        desk.clock.advance(days=3, hours=2)
        assert desk.scheduler.tick() == 1
        assert desk.statuses() == ["skipped"] * 3
        assert "nobody was there" in (desk.history()[0].detail or "")


class TestRunByHand:
    def test_is_done_at_once_also_where_it_is_off_or_the_workspace_busy(self, desk: Desk) -> None:
        desk.change(is_enabled=False)
        first, second = desk.run(), desk.run()
        assert [task.id for task in desk.tasks()] == [first, second]
        for task_id in (first, second):
            desk.office.move(task_id, TaskStatus.IN_PROGRESS, TaskStatus.DONE)
        assert [(run.status, run.trigger) for run in desk.history()] == [("success", "manual")] * 2

    def test_takes_no_moment_of_the_timer(self, desk: Desk) -> None:
        desk.clock.set(datetime(2026, 3, 1, 8, 0, tzinfo=UTC))
        desk.office.move(desk.run(), TaskStatus.IN_PROGRESS, TaskStatus.DONE)
        assert desk.scheduler.tick() == 1
        desk.office.move(desk.tasks()[-1].id, TaskStatus.IN_PROGRESS, TaskStatus.DONE)
        assert {run.trigger for run in desk.history()} == {RunTrigger.MANUAL, RunTrigger.TIMER}


class TestHistory:
    def test_goes_on_where_the_page_before_ended(self, desk: Desk) -> None:
        for _ in range(3):
            desk.office.move(desk.run(), TaskStatus.IN_PROGRESS, TaskStatus.DONE)
            desk.clock.advance(minutes=1)
        with desk.office.database.read() as session:
            page = desk.prompts.history(session, desk.office.admin, desk.workspace, desk.id, PageRequest(2))
        assert page.next_cursor is not None
        assert [*page.items, *desk.history(2, decode_cursor(page.next_cursor))] == desk.history()

    @pytest.mark.parametrize("after", ["nonsense", "2026-03-01T08:00:00"])
    def test_refuses_a_cursor_that_it_did_not_give(self, desk: Desk, after: str) -> None:
        with pytest.raises(Invalid, match="start again"):
            desk.history(2, after)


class TestChanges:
    def test_count_from_now_on(self, desk: Desk) -> None:
        changed = desk.change(expression="30 9 * * *", time_zone="Europe/Berlin")
        assert changed.next_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
        assert (changed.expression, changed.prompt, changed.source) == (
            "30 9 * * *",
            DAILY.prompt,
            PromptSource.RUNTIME,
        )
        assert desk.change(time_zone="UTC").next_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
        assert desk.change(is_enabled=False).next_at is None
        assert desk.change(prompt="Else?").prompt == "Else?"

    @pytest.mark.parametrize("fields", [{"expression": "99 * * * *"}, {"expression": " "}, {"time_zone": "Mars"}])
    def test_refuse_what_never_comes(self, desk: Desk, fields: dict[str, str]) -> None:
        with pytest.raises(InvalidSchedule):
            desk.change(**fields)

    def test_end_with_as_many_as_there_may_be(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "MOST", 1)
        with pytest.raises(TooManySchedules):
            desk.create(DAILY)

    def test_are_for_tokens_of_the_workspace(self, desk: Desk) -> None:
        own, other = desk.token(desk.workspace, "researcher"), desk.make_workspace("researcher")
        foreign = desk.token(other, "researcher")
        with desk.office.database.write() as session:
            assert [one.id for one in desk.prompts.list(session, own, desk.workspace)] == [desk.id]
            with pytest.raises(WorkspaceNotFound):
                desk.prompts.run(session, foreign, desk.workspace, desk.id)
            with pytest.raises(ScheduledPromptIsNotThere):
                desk.prompts.run(session, foreign, other, desk.id)
            desk.prompts.delete(session, own, desk.workspace, desk.id)
            assert desk.prompts.list(session, own, desk.workspace) == []


class TestTasksOfAWorkspace:
    def test_are_not_for_tokens_of_another(self, desk: Desk) -> None:
        """Also where both have the same agent role."""
        task = desk.run()
        other = desk.make_workspace("researcher")
        tasks = desk.office.desk.tasks
        with desk.office.database.read() as session:
            for principal, sees in (
                (desk.token(desk.workspace, "researcher"), True), (desk.token(other, "researcher"), False),
                (desk.office.agent("researcher"), True), (desk.office.agent("writer"), False),
            ):  # fmt: skip
                assert (task in tasks.visible(session, principal, [task])) is sees
