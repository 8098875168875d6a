"""What memory the processes of a cluster take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import psutil

from tests.faults.cluster import Cluster

Memory: TypeAlias = Mapping[str, float]
"""MiB resident by process, its children of one kind together."""

GROWTH_SHARE = 0.15
GROWTH_LEAST = 48.0
"""MiB. A process has grown that has more than a certain share and so much more than before."""


def memory_of(parts: Cluster) -> Memory:
    roots = {f"api {number}": server.pid for number, server in enumerate(parts.apis)}
    roots |= {f"worker {number} ({queues})": process.pid for number, (queues, process) in enumerate(parts.workers)}
    if parts.beat is not None:
        roots["beat"] = parts.beat.pid
    found: Counter[str] = Counter()
    for name, pid in roots.items():
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found[name] += _resident(process)
            for child in process.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    found[f"{name}: {_role(child.cmdline())}"] += _resident(child)
    return {name: size / 2**20 for name, size in found.items()}


def growth(before: Memory, after: Memory) -> Sequence[str]:
    return [
        f"{name} grew from {size:.0f} to {after[name]:.0f} MiB"
        for name, size in before.items()
        if name in after and after[name] > max(size * (1 + GROWTH_SHARE), size + GROWTH_LEAST)
    ]


def _resident(process: psutil.Process) -> int:
    size: int = process.memory_info().rss
    return size


def _role(command: Sequence[str]) -> str:
    if "-m" in command:
        return command[command.index("-m") + 1]
    return " ".join(Path(part).name for part in command[1:3])
