"""Campaigns that are run on each kind of database, as commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests.postgres import POSTGRES, throwaway_database

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Report:
    """`tally` counts what happened, by what it was."""

    seconds: float
    tally: Mapping[str, int]
    violations: Sequence[str]


class Run(Protocol):
    def __call__(self, url: str, *, count: int, seed: int) -> Report:
        """On an empty database."""


def command(about: str | None, what: str, count: int, run: Run) -> int:
    """`what` is counted, `count` times unless the command says otherwise. 1 where something is violated."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(f"--{what}", dest="count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default="sqlite,postgresql")
    arguments = parser.parse_args()
    found = 0
    for kind in arguments.on.split(","):
        with _KINDS[kind]() as url:
            report = run(url, count=arguments.count, seed=arguments.seed)
        found += len(report.violations)
        sys.stdout.write(f"{kind}: {arguments.count} {what} in {report.seconds:.1f} s\n")
        sys.stdout.write("\n".join(_lines(report)) + "\n")
    return 1 if found else 0


@contextmanager
def _on_sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'faults.db'}"


@contextmanager
def _on_postgres() -> Iterator[str]:
    with throwaway_database(POSTGRES) as url:
        yield url


_KINDS: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": _on_sqlite, "postgresql": _on_postgres}


def _lines(report: Report) -> Sequence[str]:
    return [
        *(f"{count:6}  {what}" for what, count in sorted(report.tally.items())),
        *(f"VIOLATION: {violation}" for violation in report.violations[:SHOWN]),
        f"{len(report.violations)} violations",
    ]
