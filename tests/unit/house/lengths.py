"""How long a file and a function may be. Nothing is exempt: what is too long is split."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.unit.house.tree import Finding, Tree

FILE_LINES = 500
FUNCTION_LINES = 60


def long_files(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.python():
        lines = len(text.splitlines())
        if lines > FILE_LINES:
            yield Finding(path, FILE_LINES + 1, f"the file has {lines} lines, more than {FILE_LINES}: split it by verb")


def long_functions(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    what = f"{node.name} has {lines} lines, more than {FUNCTION_LINES}: give its parts names"
                    yield Finding(path, node.lineno, what)
