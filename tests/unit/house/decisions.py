"""Decision records: numbered once, titled with their number, and reachable from the map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.unit.house.tree import Finding, Tree

FOLDER = PurePosixPath("docs/adr")
MAP = PurePosixPath("docs/architecture.md")
_NAME = re.compile(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")


def decision_faults(tree: Tree) -> Iterator[Finding]:
    taken: dict[str, PurePosixPath] = {}
    linked = _linked_from_map(tree)
    for path in sorted(path for path in tree.paths if path.parent == FOLDER):
        number = _NAME.fullmatch(path.name)
        if number is None:
            yield Finding(path, 1, "a decision's file is named like 0007-what-was-decided.md")
            continue
        other = taken.setdefault(number[1], path)
        if other != path:
            yield Finding(path, 1, f"{other} has the number {number[1]} already")
        if not tree.read(path).startswith(f"# {number[1]}: "):
            yield Finding(path, 1, f"the first line is '# {number[1]}: ' and what was decided")
        if path not in linked:
            yield Finding(path, 1, f"{MAP} has no link to it")


def _linked_from_map(tree: Tree) -> set[PurePosixPath]:
    if MAP not in tree.paths:
        return set()
    return {MAP.parent / target for target in re.findall(r"\]\(([^)#]+)", tree.read(MAP))}
