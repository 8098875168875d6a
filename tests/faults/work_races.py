"""Races over approvals, questions, subtasks and schedules, from two processes' services on one database:
`python -m tests.faults.work_races [--rounds 1000] [--seed 1] [--on sqlite,postgresql]`.

Each round makes something that waits, lets some of those who may end it loose at the same moment with small random
delays, and looks whether exactly one outcome came of it. Exits with 1 and a sentence for each violation if not.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from kit.db.database import Database
from kit.errors import CairnError
from migrations.runner import upgrade
from tests.clock import FrozenClock
from tests.faults.contests import CONTESTS, Contest, Ground, Side, Timetable
from tests.faults.on_databases import Report, command
from tests.unit.orchestration.office import Office

LONGEST_DELAY = 0.004
"""Seconds: about as long as one of these transactions takes."""


def main() -> int:
    return command(__doc__, "rounds", 1000, run)


def run(url: str, *, count: int, seed: int) -> Report:
    """On an empty database."""
    chosen = random.Random(seed)  # noqa: S311 - contests and delays, not secrets
    left, right, clock = Database(url), Database(url), FrozenClock()
    try:
        upgrade(left)
        return _run(left, right, clock, chosen, count)
    finally:
        left.close()
        right.close()


def _run(left: Database, right: Database, clock: FrozenClock, chosen: random.Random, rounds: int) -> Report:
    office = Office(left, clock)
    ground = Ground(office, Side.of(left, clock, office), Side.of(right, clock, office), chosen)
    timetable = Timetable(ground)
    makers = [*(_made(make, ground) for make in CONTESTS), timetable.contest]
    tally, violations, began = Counter[str](), list[str](), time.perf_counter()
    with ThreadPoolExecutor(5) as pool:
        for number in range(rounds):
            contest = chosen.choice(makers)()
            won = _tried(pool, contest, chosen)
            tally[f"{contest.name}: {', '.join(sorted(won)) or 'nobody'}"] += 1
            violations += (f"round {number}, {contest.name}: {found}" for found in contest.examine(won))
    return Report(time.perf_counter() - began, tally, violations)


def _made(make: Callable[[Ground], Contest], ground: Ground) -> Callable[[], Contest]:
    return lambda: make(ground)


def _tried(pool: ThreadPoolExecutor, contest: Contest, chosen: random.Random) -> Sequence[str]:
    """The names of those who were not refused."""
    ways = chosen.sample(list(contest.ways), chosen.randint(2, len(contest.ways)))
    barrier = Barrier(len(ways))

    def goes(delay: float, act: Callable[[], bool]) -> bool:
        barrier.wait()
        time.sleep(delay)
        try:
            return act()
        except CairnError:
            return False

    tries = [(name, pool.submit(goes, chosen.uniform(0, LONGEST_DELAY), act)) for name, act in ways]
    return [name for name, future in tries if future.result()]


if __name__ == "__main__":
    sys.exit(main())
