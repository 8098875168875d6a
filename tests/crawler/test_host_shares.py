"""One ceiling for a host, whoever asks it from wherever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.engine.pace import Pace
from crawler.running.host_shares import HostShare
from kit.db.database import Database
from tests.clock import FrozenClock

HOST = "docs.example.org"


@pytest.fixture
def join(any_database: Database, clock: FrozenClock) -> Callable[..., tuple[HostShare, list[Pace]]]:
    def joined(place: str, host: str = HOST) -> tuple[HostShare, list[Pace]]:
        told: list[Pace] = []
        share = HostShare(any_database, clock, host=host, place=place, tell=told.append, renew_seconds=0)
        look(share)
        return share, told

    return joined


def look(*shares: HostShare) -> None:
    for share in shares:
        share._due = 0.0
        share.keep()


Join = Callable[..., tuple[HostShare, list[Pace]]]


class TestAHost:
    def test_is_one_place_s_alone_and_crawls_of_one_place_share_its_turns(self, join: Join) -> None:
        _, first = join("one")
        _, second = join("one")
        _, elsewhere = join("two", host="other.example.org")
        assert [pace.parts for pace in (*first, *second, *elsewhere)] == [1, 1, 1]

    def test_is_shared_with_who_joins_once_the_others_know(self, join: Join) -> None:
        one, first = join("one")
        two, second = join("two")
        assert [pace.parts for pace in second] == [0]
        look(two)
        assert second[-1].parts == 0
        look(one)
        assert first[-1].parts == 2
        look(two)
        assert second[-1].parts == 2
        three, third = join("three")
        look(one, three)
        assert (first[-1].parts, third[-1].parts) == (3, 0)
        look(two, three)
        assert (second[-1].parts, third[-1].parts) == (3, 3)

    def test_belongs_to_the_others_again_when_one_leaves_or_falls_silent(self, join: Join, clock: FrozenClock) -> None:
        one, first = join("one")
        two, _ = join("two")
        look(one, two)
        with two:
            """Its crawl ends."""
        look(one)
        assert first[-1].parts == 1
        three, third = join("three")
        look(one, three)
        clock.advance(21)
        look(three)
        assert third[-1].parts == 1
        look(one)
        assert first[-1].parts == 0
        look(three, one)
        assert (first[-1].parts, third[-1].parts) == (2, 2)

    def test_is_never_asked_on_a_lease_longer_than_others_wait(self, join: Join) -> None:
        share, told = join("one")
        assert told[0].seconds + 5 < share.lease.total_seconds()


@pytest.mark.timeout(60)
def test_two_processes_with_nothing_in_common_but_the_database_keep_to_one_ceiling(
    any_database: Database, tmp_path: Path
) -> None:
    url = any_database.engine.url.render_as_string(hide_password=False)
    per_second, seconds = 20, 3
    command = [sys.executable, "-m", "tests.crawler.asking", url]
    asking = [
        subprocess.Popen(
            [*command, str(tmp_path / name), HOST, str(per_second), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in asking:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in asking:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    moments = [[float(line) for line in process.communicate()[0].split()] for process in asking]
    assert all(process.returncode == 0 for process in asking)
    everybody = sorted(moment for some in moments for moment in some)
    crowded = max(sum(start <= moment < start + 1 for moment in everybody) for start in everybody)
    assert crowded <= per_second * 1.2 + 2  # each place begins with one at once
    last = [moment for some in moments for moment in some if moment > everybody[-1] - 1.5]
    assert len(last) >= per_second / 2
    assert all(any(moment in some for moment in last) for some in moments)
