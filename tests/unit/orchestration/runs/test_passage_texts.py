"""What passages said is kept in a run as long as it is needed, and as long as it is the agent's to read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.jobs.errors import LeaseLost
from orchestration.runs.passage_texts import PassageTexts
from orchestration.runs.types import ToolSpec
from orchestration.tasks.run_models import RunTurn
from orchestration.tasks.types import Json
from tests.unit.orchestration.runs.floor import SAID, Floor
from tests.unit.orchestration.runs.test_interventions import cancel, pause, resume


@dataclass
class Shelf:
    """A tool that tells two passages, in the place of the one to look with."""

    spec = ToolSpec("look", "Looks", {"type": "object"})

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        return {"query": "q", "passages": [_passage("here", SAID), _passage("gone", "It was stolen.")]}


def _passage(chunk_id: str, text: str) -> dict[str, Json]:
    return {"chunk_id": chunk_id, "citation": f"key-{chunk_id}", "file": "ovens", "headings": ["Ovens"], "text": text}


class Without:
    """Chunks that are there to be read, but for one."""

    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]:
        assert principal.agent_role == "researcher"
        return frozenset(chunk_ids) - {"gone"}


@pytest.fixture(autouse=True)
def shelf(floor: Floor) -> None:
    object.__setattr__(floor.handler.turns.toolbox, "tools", [Shelf()])


def kept(floor: Floor) -> str:
    with floor.office.database.read() as session:
        return json.dumps([turn.calls for turn in session.scalars(select(RunTurn))])


def halted(floor: Floor) -> str:
    task, claim = floor.office.task(), floor.claim()
    floor.script.meanwhile[2] = lambda: pause(floor, task)
    with pytest.raises(LeaseLost):
        floor.works(claim)
    return task


def told(floor: Floor) -> list[dict[str, Any]]:
    (result, *_) = floor.results().values()
    found: list[dict[str, Any]] = result["passages"]
    return found


class TestTextsOfPassages:
    def test_go_as_the_run_ends(self, floor: Floor) -> None:
        floor.office.task()
        floor.works()
        assert SAID not in kept(floor)
        assert "key-here" in kept(floor)

    def test_stay_while_it_waits_and_go_when_it_is_called_off(self, floor: Floor) -> None:
        task = halted(floor)
        assert SAID in kept(floor)
        cancel(floor, task)
        assert SAID not in kept(floor)

    def test_are_told_again_after_it_has_waited(self, floor: Floor) -> None:
        resume(floor, halted(floor))
        floor.works()
        assert [one["text"] for one in told(floor)] == [SAID, "It was stolen."]

    def test_that_are_gone_by_then_are_not(self, floor: Floor) -> None:
        object.__setattr__(floor.handler.progress, "passages", PassageTexts(Without()))
        resume(floor, halted(floor))
        floor.works()
        assert [(one["citation"], one["text"], one["headings"]) for one in told(floor)] == [
            ("key-here", SAID, ["Ovens"]), ("key-gone", "", []),
        ]  # fmt: skip
