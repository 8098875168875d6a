"""Calls and names that have a place of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.unit.house.tree import Finding, Tree

MAY_COMMIT = frozenset({PurePosixPath("kit/db/database.py")})
"""A request or a task's step is one transaction, and it ends where it began: at the edge."""

MAY_PRINT = ("cli", "bench")
NAMELESS = frozenset({"utils", "util", "helpers", "helper", "misc", "common"})


def stray_commits(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.modules():
        if path not in MAY_COMMIT and path.parts[0] != "tests":
            for call in _calls(module):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
                    yield Finding(path, call.lineno, "commit() stands elsewhere: take a session, let the edge commit")


def stray_prints(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.modules():
        if path.parts[0] not in MAY_PRINT:
            for call in _calls(module):
                if isinstance(call.func, ast.Name) and call.func.id == "print":
                    yield Finding(path, call.lineno, f"print() is for {' and '.join(MAY_PRINT)}: log an event instead")


def nameless_modules(tree: Tree) -> Iterator[Finding]:
    for path in tree.paths:
        if NAMELESS & {PurePosixPath(part).stem for part in path.parts}:
            yield Finding(path, 1, "name it for what it holds")


def _calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))
