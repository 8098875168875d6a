from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import msgspec
import psutil
import pytest

from ingest.sandbox.errors import (
    OutOfCpuTime,
    OutOfMemory,
    OutOfTime,
    ResultTooLarge,
    SandboxUnavailable,
    TaskCancelled,
    TaskCrashed,
    TaskHasBug,
)
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import SandboxTask
from kit.errors import Conflict, Detail
from tests.unit.ingest.sandbox.misbehaviour import TASKS

_LIMITS = Limits(seconds=20, cpu_seconds=10, memory_bytes=128 * MEBIBYTE)


def _run(sandbox: Sandbox, function: str, payload: bytes = b"", limits: Limits = _LIMITS) -> bytes:
    return sandbox.run(SandboxTask(function, payload), limits=limits)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "did not come about in 10 s"
        time.sleep(0.01)


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _written_pid(path: Path) -> int:
    _until(lambda: path.exists() and path.read_text().isdigit())
    return int(path.read_text())


class TestResults:
    def test_a_task_gives_what_its_function_returns(self, sandbox: Sandbox) -> None:
        assert _run(sandbox, "echo", b"\x00payload\xff") == b"\x00payload\xff"

    def test_megabytes_travel_both_ways(self, sandbox: Sandbox) -> None:
        payload = os.urandom(5_000_000)
        assert _run(sandbox, "echo", payload) == payload

    def test_several_threads_run_tasks_at_once(self, sandbox: Sandbox) -> None:
        payloads = [str(number).encode() for number in range(24)]
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(lambda payload: _run(sandbox, "echo", payload), payloads)) == payloads

    def test_only_tasks_on_the_list_run(self, sandbox: Sandbox) -> None:
        with pytest.raises(ValueError, match=r"'os:system' is not among"):
            _run(sandbox, "os:system")

    def test_an_error_of_ours_keeps_family_code_message_and_details(self, sandbox: Sandbox) -> None:
        with pytest.raises(Conflict, match="it is taken") as raised:
            _run(sandbox, "refuse")
        assert raised.value.code == "TAKEN"
        assert raised.value.details == (Detail("name", "is taken"),)

    def test_any_other_error_is_a_bug_with_its_trace(self, sandbox: Sandbox) -> None:
        with pytest.raises(TaskHasBug, match="KeyError") as raised:
            _run(sandbox, "raise_bug")
        assert "misbehaviour.py" in raised.value.trace


class TestLimits:
    def test_memory_in_python(self, sandbox: Sandbox) -> None:
        with pytest.raises(OutOfMemory, match=r"limit 128 MB"):
            _run(sandbox, "allocate", b"500000000")

    def test_memory_in_a_native_library_that_aborts(self, sandbox: Sandbox) -> None:
        with pytest.raises(OutOfMemory, match=r"limit 128 MB"):
            _run(sandbox, "allocate_natively")

    def test_memory_for_the_encoded_answer(self, sandbox: Sandbox) -> None:
        with pytest.raises(OutOfMemory):
            _run(sandbox, "answer_much", b"100000000")

    def test_what_is_within_the_limit_passes(self, sandbox: Sandbox) -> None:
        assert len(_run(sandbox, "allocate", b"20000000")) == 20_000_000

    def test_cpu_time(self, sandbox: Sandbox) -> None:
        with pytest.raises(OutOfCpuTime, match="exceeded 1 s of CPU"):
            _run(sandbox, "burn", limits=Limits(seconds=20, cpu_seconds=1))

    def test_wall_clock_time(self, sandbox: Sandbox, tmp_path: Path) -> None:
        mark = tmp_path / "pid"
        with pytest.raises(OutOfTime, match=r"more than 0\.5 s"):
            _run(sandbox, "hang", bytes(mark), limits=Limits(seconds=0.5))
        assert _is_gone(_written_pid(mark))

    def test_size_of_written_files(self, sandbox: Sandbox, tmp_path: Path) -> None:
        with pytest.raises(TaskHasBug, match="File too large"):
            _run(sandbox, "write_much", bytes(tmp_path / "big"), limits=Limits(file_bytes=MEBIBYTE))

    def test_size_of_the_result(self, sandbox: Sandbox) -> None:
        with pytest.raises(ResultTooLarge):
            _run(sandbox, "answer_much", b"3000000", limits=Limits(result_bytes=MEBIBYTE))


class TestCrashes:
    def test_a_signal_is_named(self, sandbox: Sandbox) -> None:
        with pytest.raises(TaskCrashed, match=r"signal 11 \(SIGSEGV\)"):
            _run(sandbox, "segfault")

    def test_an_exit_without_an_answer_is_a_crash(self, sandbox: Sandbox) -> None:
        with pytest.raises(TaskCrashed, match="exit status 7"):
            _run(sandbox, "quit_silently")

    def test_the_sandbox_goes_on(self, sandbox: Sandbox) -> None:
        with pytest.raises(TaskCrashed):
            _run(sandbox, "segfault")
        assert _run(sandbox, "echo", b"still here") == b"still here"

    def test_processes_that_a_task_leaves_behind_are_killed(self, sandbox: Sandbox) -> None:
        pid = int(_run(sandbox, "start_grandchild"))
        _until(lambda: _is_gone(pid))


class TestCancel:
    def test_the_child_is_gone_when_run_returns(self, sandbox: Sandbox, tmp_path: Path) -> None:
        mark, cancelled = tmp_path / "pid", Event()

        def cancel_once_it_runs() -> None:
            _written_pid(mark)
            cancelled.set()

        Thread(target=cancel_once_it_runs).start()
        with pytest.raises(TaskCancelled):
            sandbox.run(SandboxTask("hang", bytes(mark)), limits=_LIMITS, cancel=cancelled.is_set)
        assert _is_gone(_written_pid(mark))


class TestIsolation:
    def test_no_credential_of_the_server_is_in_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CAIRN_ADMIN_KEY", "secret")
        with Sandbox(tasks=TASKS, preload=[]) as fresh:
            assert b"secret" not in _run(fresh, "environment")

    def test_no_socket_of_the_server_is_open_in_a_child(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "data.db").open("w"):
            server.set_inheritable(True)
            with Sandbox(tasks=TASKS, preload=[]) as fresh:
                open_files = msgspec.json.decode(_run(fresh, "descriptors"), type=list[str])
        assert len([name for name in open_files if name.startswith("socket:")]) == 1
        assert not any("data.db" in name for name in open_files)


class TestZygote:
    def test_a_killed_one_is_replaced(self, sandbox: Sandbox) -> None:
        sandbox.start()
        before = sandbox.zygote_pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        assert _run(sandbox, "echo", b"again") == b"again"
        assert sandbox.zygote_pid != before

    def test_a_task_under_way_is_run_again(self, sandbox: Sandbox, tmp_path: Path) -> None:
        sandbox.start()
        before, mark = sandbox.zygote_pid, tmp_path / "pid"
        assert before is not None
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(_run, sandbox, "hang", bytes(mark), Limits(seconds=3))
            child = _written_pid(mark)
            os.kill(before, signal.SIGKILL)
            with pytest.raises(OutOfTime):
                running.result()
        assert _is_gone(child)
        assert _written_pid(mark) != child

    def test_it_and_its_children_end_with_the_server(self, tmp_path: Path) -> None:
        mark = tmp_path / "pid"
        script = (
            "import sys\nfrom ingest.sandbox.sandbox import Sandbox\nfrom ingest.sandbox.limits import Limits\n"
            "from ingest.sandbox.tasks import SandboxTask\nfrom tests.unit.ingest.sandbox.misbehaviour import TASKS\n"
            "sandbox = Sandbox(tasks=TASKS, preload=[])\nsandbox.start()\nprint(sandbox.zygote_pid, flush=True)\n"
            "sandbox.run(SandboxTask('hang', sys.argv[1].encode()), limits=Limits())\n"
        )
        with subprocess.Popen([sys.executable, "-c", script, str(mark)], stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            zygote = int(server.stdout.readline())
            child = _written_pid(mark)
            server.kill()
        _until(lambda: _is_gone(zygote) and _is_gone(child))

    def test_one_that_cannot_start_is_unavailable(self) -> None:
        with Sandbox(tasks=TASKS, preload=["no.such.module"]) as broken, pytest.raises(SandboxUnavailable):
            broken.start()

    def test_a_closed_sandbox_runs_nothing(self) -> None:
        closed = Sandbox(tasks=TASKS, preload=[])
        closed.close()
        with pytest.raises(SandboxUnavailable, match="stopped"):
            _run(closed, "echo")
