"""A run as it is told to one who watches: every word once, whoever comes when."""

from __future__ import annotations

import pytest

from ingest.datasets.gate import Gate
from kit.events import outbox
from kit.events.types import Happened
from orchestration.runs import live
from orchestration.runs.story import Line, Story
from orchestration.tasks.types import TaskStatus
from tests.unit.orchestration.runs.floor import Floor, Killed


class Watcher:
    """Looks when it is told to."""

    def __init__(self, floor: Floor, task: str) -> None:
        self.floor, self.told, self.seen = floor, list[Line](), 0
        self.story = Story(floor.office.database, Gate(), floor.office.admin, task)

    def look(self) -> None:
        self.told += self.story.next(self._events())

    def _events(self) -> list[Happened]:
        with self.floor.office.database.read() as session:
            found = outbox.of_tenant_after(session, self.floor.office.people.tenant, self.seen, limit=1000)
        self.seen = found[-1].id if found else self.seen
        return [one for one in found if one.topic == self.story.topic]

    @property
    def text(self) -> str:
        return "".join(str(line.data["delta"]) for line in self.told if line.kind == "text_delta")

    @property
    def kinds(self) -> list[str]:
        return [line.kind.value for line in self.told]


@pytest.fixture
def watcher(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    """Of a run whose every piece of text is told at once."""
    monkeypatch.setattr(live, "EVERY", 0.0)
    return Watcher(floor, floor.office.task())


class TestAStory:
    def test_tells_text_while_it_is_said_and_each_word_once(self, floor: Floor, watcher: Watcher) -> None:
        heard: list[str] = []

        def look() -> None:
            watcher.look()
            heard.append(watcher.text)

        floor.script.between = look
        floor.works()
        watcher.look()
        assert (heard, watcher.text) == (["Do"], "Done.")
        assert watcher.kinds == ["tool_call", "tool_result"] * 2 + ["text_delta"] * 2 + ["completed"]
        assert watcher.story.is_over

    def test_is_whole_for_who_comes_in_the_middle(self, floor: Floor, watcher: Watcher) -> None:
        def come_late() -> None:
            watcher._events()  # what was said before is not among what comes
            watcher.look()

        floor.script.between = come_late
        floor.works()
        watcher.look()
        assert watcher.text == "Done."

    def test_of_a_turn_that_was_begun_anew_is_told_anew(self, floor: Floor, watcher: Watcher) -> None:
        def die() -> None:
            watcher.look()
            raise Killed

        floor.script.between = die
        with pytest.raises(Killed):
            floor.works()
        floor.script.between, floor.script.answer = None, "Other."
        floor.office.clock.advance(60)
        floor.works(floor.claim("w2"))
        watcher.look()
        assert watcher.text == "DoOther."

    def test_ends_where_the_task_is_not_there_for_the_caller(self, floor: Floor) -> None:
        task = floor.office.task()
        story = Story(floor.office.database, Gate(), floor.office.agent("adros_cmo"), task)
        assert (story.next(()), story.is_over) == ((), True)

    @pytest.mark.parametrize(
        ("status", "kind", "word"),
        [(TaskStatus.FAILED, "error", "failed"), (TaskStatus.CANCELLED, "error", "cancelled"),
         (TaskStatus.PAUSED, "completed", "paused")],
    )  # fmt: skip
    def test_says_how_it_ended(
        self, floor: Floor, watcher: Watcher, *, status: TaskStatus, kind: str, word: str
    ) -> None:
        floor.office.move(watcher.story.task_id, status)
        watcher.look()
        (line,) = watcher.told
        assert (line.kind, line.data.get("error") or line.data.get("status")) == (kind, word)


class TestACallThatWaits:
    def test_is_told_without_a_result_until_there_is_one(self, floor: Floor) -> None:
        floor.script.looks, floor.script.calls = 0, {1: [("ask_person", {"question": "Which year?"})]}
        task = floor.office.task()
        floor.works()
        first, whole = Watcher(floor, task), Watcher(floor, task)
        first.look()
        assert first.kinds == ["tool_call", "completed"]
        with floor.office.database.write() as session:
            (row,) = floor.office.desk.blockers.list(session, floor.office.admin, task)
            floor.office.desk.blockers.resolve(session, floor.office.admin, task, row.id, "1994")
        floor.works()
        whole.look()
        assert whole.kinds == ["tool_call", "tool_result", "text_delta", "completed"]
