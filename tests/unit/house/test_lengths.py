"""Files and functions stay short."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.house.lengths import FILE_LINES, FUNCTION_LINES, long_files, long_functions
from tests.unit.house.tree import Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]


def function_of(lines: int, *, before: str = "") -> str:
    return f"{before}def long() -> None:\n" + "    pass\n" * (lines - 1)


class TestFiles:
    def test_are_short_enough(self, checkout: Tree) -> None:
        assert_kept(long_files(checkout))

    def test_may_have_as_many_lines_as_the_rule_says(self, tree_of: MakeTree) -> None:
        assert list(long_files(tree_of({"kit/full.py": "x = 1\n" * FILE_LINES}))) == []

    def test_are_found_where_they_are_longer(self, tree_of: MakeTree) -> None:
        tree = tree_of({"kit/longer.py": "x = 1\n" * (FILE_LINES + 1), "docs/long.md": "x\n" * 1000})
        assert [*map(str, long_files(tree))] == [
            "kit/longer.py:501: the file has 501 lines, more than 500: split it by verb"
        ]


class TestFunctions:
    def test_are_short_enough(self, checkout: Tree) -> None:
        assert_kept(long_functions(checkout))

    def test_may_have_as_many_lines_as_the_rule_says(self, tree_of: MakeTree) -> None:
        assert list(long_functions(tree_of({"kit/full.py": function_of(FUNCTION_LINES)}))) == []

    @pytest.mark.parametrize("before", ["", "async "])
    def test_are_found_where_they_are_longer(self, tree_of: MakeTree, before: str) -> None:
        found = list(long_functions(tree_of({"kit/longer.py": function_of(FUNCTION_LINES + 1, before=before)})))
        assert [finding.what.split(":")[0] for finding in found] == ["long has 61 lines, more than 60"]
