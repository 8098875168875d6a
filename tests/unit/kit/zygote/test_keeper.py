"""A zygote that is there when it is wanted, and its children."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from kit.zygote.handle import ZygoteDidNotStart
from kit.zygote.keeper import KeeperIsClosed, ZygoteKeeper, hang_up, start_child
from kit.zygote.process import Ended, ZygoteConfig

LIVES = "tests.unit.kit.zygote.lives"
SECONDS = 20


def keeper_of(entry: str = "make_ready", *, idle_seconds: float | None = None) -> ZygoteKeeper:
    config = ZygoteConfig(f"{LIVES}:{entry}", b"loaded by", idle_seconds)
    return ZygoteKeeper(config, environment={"ADDED": "yes", "PYTHONPATH": "nowhere"})


@pytest.fixture
def keeper() -> Iterator[ZygoteKeeper]:
    keeper = keeper_of()
    yield keeper
    keeper.close()


def heard(channel: socket.socket) -> bytes:
    channel.settimeout(SECONDS)
    return channel.recv(100)


def end_of(report: socket.socket) -> Ended:
    report.settimeout(SECONDS)
    return msgspec.msgpack.decode(report.recv(4096), type=Ended)


class TestChildren:
    def test_they_have_what_the_zygote_has_loaded_and_the_descriptors_that_come_with_them(
        self, keeper: ZygoteKeeper, tmp_path: Path
    ) -> None:
        zygote = keeper.running()
        with (tmp_path / "said").open("wb") as file:
            channel, report = start_child(zygote, file.fileno())
        with channel, report:
            assert heard(channel) == f"loaded by {zygote.pid}".encode()
            channel.sendall(b"for the file")
            assert heard(channel) == b"written"
            channel.shutdown(socket.SHUT_WR)
            ended = end_of(report)
        assert os.waitstatus_to_exitcode(ended.status) == 7
        assert (tmp_path / "said").read_bytes() == b"for the file"

    def test_one_that_is_hung_up_on_is_gone(self, keeper: ZygoteKeeper, tmp_path: Path) -> None:
        zygote = keeper.running()
        with (tmp_path / "said").open("wb") as file:
            channel, report = start_child(zygote, file.fileno())
        with channel, report:
            heard(channel)
            (child,) = psutil.Process(zygote.pid).children()
            hang_up(report)
            assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
            assert heard(channel) == b""

    def test_they_are_gone_with_the_keeper(self, keeper: ZygoteKeeper, tmp_path: Path) -> None:
        with (tmp_path / "said").open("wb") as file:
            channel, report = start_child(keeper.running(), file.fileno())
        with channel, report:
            heard(channel)
            keeper.close()
            assert heard(channel) == b""
        with pytest.raises(KeeperIsClosed):
            keeper.running()


class TestTheZygote:
    def test_it_is_started_anew_after_it_has_died(self, keeper: ZygoteKeeper) -> None:
        first = keeper.running()
        assert keeper.running() is first
        process = psutil.Process(first.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
        assert keeper.running().pid != first.pid

    def test_a_child_asked_of_one_that_has_just_died_is_an_error_and_the_next_comes_from_another(
        self, keeper: ZygoteKeeper, tmp_path: Path
    ) -> None:
        first = keeper.running()
        process = psutil.Process(first.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
        with (tmp_path / "said").open("wb") as file:
            with pytest.raises(OSError, match="pipe"):
                start_child(first, file.fileno())
            keeper.discard(first)
            channel, report = start_child(keeper.running(), file.fileno())
        with channel, report:
            assert heard(channel).startswith(b"loaded by")

    def test_it_ends_when_it_has_had_no_child_for_its_time(self, tmp_path: Path) -> None:
        keeper = keeper_of(idle_seconds=0.2)
        try:
            zygote = keeper.running()
            with (tmp_path / "said").open("wb") as file:
                channel, report = start_child(zygote, file.fileno())
            process = psutil.Process(zygote.pid)
            with channel, report:
                heard(channel)
                with pytest.raises(psutil.TimeoutExpired):
                    process.wait(2.5)  # it looks once a second
            process.wait(SECONDS)
            assert keeper.running().pid != zygote.pid
        finally:
            keeper.close()

    def test_it_stays_where_it_has_no_such_time(self, keeper: ZygoteKeeper) -> None:
        zygote = keeper.running()
        with pytest.raises(psutil.TimeoutExpired):
            psutil.Process(zygote.pid).wait(2.5)

    def test_what_it_cannot_load_is_told(self) -> None:
        keeper = keeper_of("fail")
        with pytest.raises(ZygoteDidNotStart, match="exit status 1"):
            keeper.running()
        keeper.close()

    def test_it_is_told_nothing_of_the_environment_but_what_it_needs(
        self, keeper: ZygoteKeeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CAIRN_OPENAI_KEY", "sk-secret")
        told = psutil.Process(keeper.running().pid).environ()
        assert told["ADDED"] == "yes"
        assert told["PYTHONPATH"] != "nowhere"
        assert "CAIRN_OPENAI_KEY" not in told
