"""A cluster under load: `python -m tests.faults.load [--minutes 10] [--idle 1] [--apis 2] [--workers 4] [--rolling]`.

Searches at a steady pace all the time; for a while nothing else, then beside uploads, deletions and files and datasets
that are built anew, so that there is always something to ingest. `--rolling`: meanwhile API processes and workers are
stopped by SIGTERM and replaced, one after the other, again and again; clients go to the other server when they are
refused a connection.

Prints how many answers there were of each status, how long searches took and what memory each process had at the
beginning, in the middle and at the end. Exits with 1 and a sentence for each violation if a server said 5xx, a request
was lost, a file was lost, or a process did not stop in good order; and for each shortfall if searches took more than 3
times what they take without load or memory grew in the second half.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.files.types import ShownStatus
from tests.faults.balancer import Balancer
from tests.faults.cluster import Cluster, cluster
from tests.faults.demand import Demand, Pace
from tests.faults.memory import Memory, growth, memory_of
from tests.faults.outages import disagreements
from tests.faults.rolling import roll

MOST_TIMES_IDLE = 3.0
SETTLING_SECONDS = 1800.0
WARM_SECONDS = 3.0
_TRACE = 1500
"""Characters of an error's trace that are shown."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of searches, in seconds."""

    count: int
    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """From the shortest to the longest; there must be one."""
        return cls(len(seconds), seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))])

    def line(self, name: str) -> str:
        return f"{name}: {self.count} searches, p50 {self.p50 * 1000:.1f} ms, p95 {self.p95 * 1000:.1f} ms"


@dataclass(frozen=True, slots=True)
class Report:
    statuses: Counter[tuple[str, int]]
    refused: int
    idle: Times
    busy: Times
    memory: Sequence[Memory]
    replaced: Sequence[str]
    files: int
    settled_seconds: float
    violations: Sequence[str] = field(default_factory=list)

    @property
    def times_idle(self) -> float:
        return self.busy.p95 / self.idle.p95

    def shortfalls(self) -> Sequence[str]:
        found = list(growth(self.memory[1], self.memory[2]))
        if self.times_idle > MOST_TIMES_IDLE:
            found.append(f"the p95 of searches under load is {self.times_idle:.1f} times that without")
        return found

    def lines(self) -> Sequence[str]:
        return [
            *(f"{number:7}  {kind} {status}" for (kind, status), number in sorted(self.statuses.items())),
            f"{self.refused:7}  connections refused",
            self.idle.line("without load"),
            self.busy.line("under load"),
            f"p95 under load: {self.times_idle:.2f} times that without",
            *(f"replaced {what}" for what in self.replaced),
            f"{self.files} files in the end, settled {self.settled_seconds:.1f} s after the load",
            *memory_lines(self.memory),
        ]


def memory_lines(memory: Sequence[Memory]) -> Sequence[str]:
    names = sorted({name for one in memory for name in one})
    rows = [f"{'  '.join(f'{one.get(name, 0):7.0f}' for one in memory)}  {name}" for name in names]
    total = "  ".join(f"{sum(one.values()):7.0f}" for one in memory)
    return ["MiB resident at the beginning, in the middle, at the end:", *rows, f"{total}  all"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--idle", type=float, default=1, help="minutes of searches alone, before")
    parser.add_argument("--apis", type=int, default=2)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rolling", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    report = run(
        seconds=arguments.minutes * 60,
        idle_seconds=arguments.idle * 60,
        apis=arguments.apis,
        workers=arguments.workers,
        rolling=arguments.rolling,
        seed=arguments.seed,
    )
    shortfalls = [] if arguments.rolling else report.shortfalls()
    found = [*(f"VIOLATION: {one}" for one in report.violations), *(f"SHORTFALL: {one}" for one in shortfalls)]
    sys.stdout.write("\n".join([*report.lines(), *found, f"{len(report.violations)} violations"]) + "\n")
    return 1 if found else 0


def run(
    *,
    seconds: float,
    idle_seconds: float,
    apis: int = 2,
    workers: int = 4,
    rolling: bool = False,
    seed: int = 1,
    pace: Pace | None = None,
) -> Report:
    pace = pace or Pace()
    with cluster(apis=apis, workers=workers // 2) as parts, parts.knowledge_base() as base:
        dataset_id = base.create_dataset("load")
        balancer = Balancer([server.url for server in parts.apis], parts.key)
        with Demand(balancer, dataset_id, pace, seed) as demand:
            demand.fill()
            base.wait_until_settled(dataset_id)
            quiet = (time.monotonic() + WARM_SECONDS, time.monotonic() + WARM_SECONDS + idle_seconds)
            time.sleep(WARM_SECONDS + idle_seconds)
            demand.rouse()
            began = time.monotonic()
            memory, replaced, complaints = _keep_going(parts, seconds, rolling=rolling)
            load = (began, time.monotonic())
            demand.calm()
        base.wait_until_settled(dataset_id, seconds=SETTLING_SECONDS)
        settled = time.monotonic() - load[1]
        balancer.close()
        shown = {file.file_name: file.status for file in base.get_dataset(dataset_id).files}
        violations = [*_said(balancer), *complaints, *_lost(demand.files, shown), *disagreements(parts)]
        violations += _traces(parts) if violations else []
        return Report(
            statuses=balancer.statuses(),
            refused=balancer.refused,
            idle=Times.of(balancer.seconds("search", since=quiet[0], until=quiet[1])),
            busy=Times.of(balancer.seconds("search", since=load[0], until=load[1])),
            memory=memory,
            replaced=replaced,
            files=len(shown),
            settled_seconds=settled,
            violations=violations,
        )


def _keep_going(
    parts: Cluster, seconds: float, *, rolling: bool
) -> tuple[Sequence[Memory], Sequence[str], Sequence[str]]:
    """Memory at the beginning, in the middle and at the end; what was replaced, and complaints about how it ended."""
    memory, replaced, complaints = [memory_of(parts)], list[str](), list[str]()
    began = time.monotonic()
    for half in (1, 2):
        ends = began + seconds * half / 2
        if rolling:
            roll(parts, until=ends, replaced=replaced, complaints=complaints)
        time.sleep(max(0.0, ends - time.monotonic()))
        memory.append(memory_of(parts))
    return memory, replaced, complaints


def _said(balancer: Balancer) -> Sequence[str]:
    bad = {what: number for what, number in balancer.statuses().items() if what[1] >= 400}
    return [*(f"{number} answers {status} to {kind}" for (kind, status), number in bad.items()), *balancer.lost]


def _traces(parts: Cluster) -> Sequence[str]:
    """Errors that the servers have logged, once each."""
    lines = [line for server in parts.apis for line in server.log.read_text(encoding="utf-8").splitlines()]
    records = [json.loads(line) for line in lines if line.startswith("{") and '"exception"' in line]
    return sorted({f"{record['event']}: {record['exception'][-_TRACE:]}" for record in records})


def _lost(expected: Mapping[str, str], shown: Mapping[str, ShownStatus]) -> Sequence[str]:
    found = [f"{name} is {shown.get(name)}" for name in expected if shown.get(name) is not ShownStatus.INDEXED]
    return found + [f"{name} is there though it was deleted" for name in shown if name not in expected]


if __name__ == "__main__":
    sys.exit(main())
