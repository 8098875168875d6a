"""Which worker processes give way to what answers people: the pool and its runtime are stand-ins, no process starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.terminal import Terminal


class OneHandAtOnce:
    """A pool that makes its hand here, instead of in a child."""

    def __init__(self, _url: str, *, make_hand: Callable[[], object], **_: Any) -> None:
        self._make_hand = make_hand

    def run(self) -> int:
        self._make_hand()
        return 0


class StartsNothing:
    def start(self, *, queues: object) -> None:
        assert queues


@pytest.fixture
def stepped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far back it stepped, each time."""
    found: list[int] = []
    monkeypatch.setenv("CAIRN_QUEUE_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("CAIRN_WORKER_NICENESS", "7")
    monkeypatch.setattr("orchestration.worker.processes.WorkerPool", OneHandAtOnce)
    monkeypatch.setattr("orchestration.runtime.build_runtime", lambda _: StartsNothing())
    monkeypatch.setattr("cli.working.step_back", found.append)
    return found


@pytest.mark.parametrize(("queues", "expected"), [("embed", [7]), ("parse,crawl,agents", [7]), ("embed,chat", [])])
def test_a_process_in_which_nobody_waits_for_an_answer_steps_back(
    tmp_path: Path, stepped: list[int], queues: str, expected: list[int]
) -> None:
    Terminal(tmp_path / "home").run("worker", "--queues", queues)
    assert stepped == expected
