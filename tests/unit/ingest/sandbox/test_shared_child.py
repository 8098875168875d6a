"""Several payloads of one source in one child: what one of them does is its own affair."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import pytest

from ingest.sandbox.errors import OutOfCpuTime, OutOfMemory, OutOfTime, SandboxUnavailable, TaskCancelled, TaskCrashed
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.sandbox import Sandbox
from kit.errors import CairnError, Conflict
from tests.unit.ingest.sandbox.misbehaviour import TASKS

_LIMITS = Limits(seconds=20, cpu_seconds=10, memory_bytes=128 * MEBIBYTE)


def run_each(
    sandbox: Sandbox, payloads: Sequence[bytes], *, function: str = "follow", limits: Limits = _LIMITS
) -> list[bytes | CairnError]:
    return list(sandbox.run_each(function, payloads, limits=limits))


class TestASharedChild:
    def test_gives_the_results_in_order(self, sandbox: Sandbox) -> None:
        payloads = [str(number).encode() * 1000 for number in range(50)]
        assert run_each(sandbox, payloads, function="echo") == payloads

    def test_runs_all_of_them_where_nothing_goes_wrong(self, sandbox: Sandbox) -> None:
        assert len(set(run_each(sandbox, [b"name"] * 5))) == 1

    def test_gives_each_result_as_it_comes(self, sandbox: Sandbox) -> None:
        outcomes = sandbox.run_each("follow", [b"name", b"hang"], limits=_LIMITS)
        assert isinstance(next(outcomes), bytes)
        outcomes.close()

    def test_goes_on_after_a_refusal(self, sandbox: Sandbox) -> None:
        first, refused, last = run_each(sandbox, [b"name", b"refuse", b"name"])
        assert isinstance(refused, Conflict)
        assert refused.code == "TAKEN"
        assert first == last

    def test_takes_nothing_for_nothing(self, sandbox: Sandbox) -> None:
        assert run_each(sandbox, []) == []

    def test_ends_when_it_is_cancelled(self, sandbox: Sandbox) -> None:
        cancelled = Event()
        outcomes = sandbox.run_each("follow", [b"name", b"hang", b"name"], limits=_LIMITS, cancel=cancelled.is_set)
        next(outcomes)
        cancelled.set()
        with pytest.raises(TaskCancelled):
            next(outcomes)

    def test_is_not_to_be_had_once_the_sandbox_is_closed(self) -> None:
        closed = Sandbox(tasks=TASKS, preload=())
        closed.close()
        with pytest.raises(SandboxUnavailable):
            run_each(closed, [b"name", b"name"])


class TestOneThatKillsIt:
    def test_costs_itself_only(self, sandbox: Sandbox) -> None:
        first, second, dead, *rest = run_each(sandbox, [b"name", b"name", b"die", b"name", b"name"])
        assert isinstance(dead, TaskCrashed)
        assert first == second
        assert len(set(rest)) == 1
        assert first not in rest

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_may_stand_anywhere(self, sandbox: Sandbox, place: int) -> None:
        payloads = [b"name"] * 3
        payloads[place] = b"die"
        outcomes = run_each(sandbox, payloads)
        assert [isinstance(one, bytes) for one in outcomes] == [number != place for number in range(3)]

    def test_may_be_all_of_them(self, sandbox: Sandbox) -> None:
        assert all(isinstance(one, TaskCrashed) for one in run_each(sandbox, [b"die"] * 4))

    def test_is_tried_alone_when_it_had_too_little_memory_left_by_others(self, sandbox: Sandbox) -> None:
        outcomes = run_each(sandbox, [b"60000000"] * 4, function="keep")
        assert all(isinstance(one, bytes) for one in outcomes)
        assert len(set(outcomes)) > 1

    def test_has_no_more_memory_than_alone(self, sandbox: Sandbox) -> None:
        outcomes = run_each(sandbox, [b"1000", b"500000000", b"1000"], function="keep")
        assert [type(one) for one in outcomes] == [bytes, OutOfMemory, bytes]


class TestTime:
    def test_on_the_cpu_is_for_each_by_itself(self, sandbox: Sandbox) -> None:
        limits = Limits(seconds=60, cpu_seconds=2)
        outcomes = run_each(sandbox, [b"burn 0.8"] * 4, limits=limits)
        assert len(set(outcomes)) == 1

    def test_on_the_cpu_ends_with_the_limit(self, sandbox: Sandbox) -> None:
        limits = Limits(seconds=60, cpu_seconds=1)
        outcomes = run_each(sandbox, [b"name", b"burn 60", b"name"], limits=limits)
        assert [type(one) for one in outcomes] == [bytes, OutOfCpuTime, bytes]

    def test_on_the_clock_is_for_each_by_itself(self, sandbox: Sandbox) -> None:
        outcomes = run_each(sandbox, [b"name", b"hang", b"name"], limits=Limits(seconds=1.5))
        assert [type(one) for one in outcomes] == [bytes, OutOfTime, bytes]
