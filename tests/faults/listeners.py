"""Many who listen at once: `python -m tests.faults.listeners [--listeners 2000] [--seconds 60] [--slow 50] [--seed 1]`.

Two API processes over PostgreSQL, tenants with people, keys that are held to a dataset, and agents' keys; of the
listeners two thirds follow their tenant by server-sent events and one third a task by web socket, half at each process.
Meanwhile tasks are made and changed through both processes. Everybody must get every event that is there for them,
once and in order, and nobody another; 99 of 100 within half a second of the moment that the event's row bears. Some
listeners never read: what the processes hold must not grow for them. Exits with 1 and a sentence for each violation.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bench.server import Server
from kit.db.database import Database
from tests.faults.cluster import Cluster, cluster
from tests.faults.listening import Heard, Listener, Way, listen
from tests.faults.towns import Town, found_towns, go_about, newest_event, task_events_after

LONGEST_SECONDS = 0.5
TENANTS = 20
GROWTH_BYTES = 128 << 20
"""Of one process, from the moment that all listen to the end."""
SHOWN = 25
_SETTLING_SECONDS = 3.0
"""In which the last events come to those who are late."""


@dataclass(frozen=True, slots=True)
class Report:
    """`latencies` are seconds, ascending; `grown` bytes, a process each."""

    listeners: int
    events: int
    latencies: Sequence[float]
    grown: Sequence[int]
    violations: Sequence[str]

    def line(self) -> str:
        middle, late, last = (self._share(share) for share in (0.5, 0.99, 1.0))
        grown = ", ".join(f"{size / (1 << 20):.0f} MB" for size in self.grown)
        told = f"{self.events} events told {len(self.latencies)} times to {self.listeners} listeners"
        return f"{told}: p50 {middle:.3f} s, p99 {late:.3f} s, longest {last:.3f} s; processes grew by {grown}"

    def _share(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--slow", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    report = run(arguments.listeners, seconds=arguments.seconds, slow=arguments.slow, seed=arguments.seed)
    violations = [*report.violations, *too_late(report)]
    sys.stdout.write("\n".join([report.line(), *(f"VIOLATION: {one}" for one in violations[:SHOWN])]) + "\n")
    sys.stdout.write(f"{len(violations)} violations\n")
    return 1 if violations else 0


def run(listeners: int, *, seconds: float, slow: int, seed: int, tenants: int = TENANTS) -> Report:
    chosen = random.Random(seed)  # noqa: S311 - who listens to what, no secrets
    with cluster(apis=2, workers=0) as parts:
        towns = found_towns(parts, tenants)
        crowd = [_listener(parts, towns, number, chosen) for number in range(listeners)]
        asleep = [_listener(parts, towns, number, chosen) for number in range(slow)]
        return asyncio.run(_held(parts, towns, crowd, asleep, seconds=seconds, chosen=chosen))


def _listener(parts: Cluster, towns: Sequence[Town], number: int, chosen: random.Random) -> Listener:
    town = towns[number % len(towns)]
    api = parts.apis[number // len(towns) % len(parts.apis)]
    ear = chosen.choice(town.ears)
    if chosen.random() < 2 / 3:
        return Listener(api.url, Way.EVENTS, ear.token, town.tenant_id, ear.hears(town.tasks), None)
    task = chosen.choice(ear.hears(town.tasks))
    return Listener(api.url, Way.SOCKET, ear.token, town.tenant_id, [task], task.id)


async def _held(
    parts: Cluster,
    towns: Sequence[Town],
    crowd: Sequence[Listener],
    asleep: Sequence[Listener],
    *,
    seconds: float,
    chosen: random.Random,
) -> Report:
    database = Database(parts.database.url)
    async with listen(crowd), listen(asleep, reads=False):
        first = newest_event(database)
        before = [_resident_bytes(api) for api in parts.apis]
        await asyncio.to_thread(go_about, parts, towns, seconds, chosen)
        await asyncio.sleep(_SETTLING_SECONDS)
        grown = [_resident_bytes(api) - size for api, size in zip(parts.apis, before, strict=True)]
    events = task_events_after(database, first)
    database.close()
    latencies: list[float] = []
    violations: list[str] = []
    for listener in crowd:
        wanted = [event for event in events if listener.is_for(event)]
        violations += _misheard(listener, [event.number for event in wanted], first)
        moments = {event.number: event.at for event in wanted}
        latencies += [one.at - moments[one.number] for one in _since(listener, first) if one.number in moments]
    violations += [f"a process grew by {size} bytes" for size in grown if size > GROWTH_BYTES]
    return Report(len(crowd), len(events), sorted(latencies), grown, violations)


def _resident_bytes(api: Server) -> int:
    size: int = psutil.Process(api.pid).memory_info().rss
    return size


def _misheard(listener: Listener, wanted: Sequence[int], first: int) -> Sequence[str]:
    heard = [one.number for one in _since(listener, first)]
    if heard == list(wanted):
        return ()
    missed, strange = sorted(set(wanted) - set(heard)), sorted(set(heard) - set(wanted))
    if missed or strange:
        return [f"{listener.told()} missed {missed[:5]} and heard {strange[:5]}, which are not for it"]
    return [f"{listener.told()} heard events twice or out of order"]


def _since(listener: Listener, first: int) -> Sequence[Heard]:
    return [one for one in listener.heard if one.number > first]


def too_late(report: Report) -> Sequence[str]:
    late = sum(latency > LONGEST_SECONDS for latency in report.latencies)
    if late * 100 <= len(report.latencies):
        return ()
    return [f"{late} of {len(report.latencies)} came later than {LONGEST_SECONDS} s"]


if __name__ == "__main__":
    sys.exit(main())
