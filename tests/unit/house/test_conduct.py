"""Who may commit, who may print, and what no module is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from tests.unit.house.conduct import MAY_COMMIT, nameless_modules, stray_commits, stray_prints
from tests.unit.house.tree import Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]


class TestCommitting:
    def test_is_left_to_the_edge(self, checkout: Tree) -> None:
        assert_kept(stray_commits(checkout))

    def test_is_done_where_the_rule_says_that_it_is(self, checkout: Tree) -> None:
        assert [path for path in MAY_COMMIT if ".commit()" not in checkout.read(path)] == []

    def test_is_found_elsewhere(self, tree_of: MakeTree) -> None:
        tree = tree_of({"ingest/files/service.py": "def add(session):\n    session.commit()\n"})
        assert [(finding.path, finding.line) for finding in stray_commits(tree)] == [
            (PurePosixPath("ingest/files/service.py"), 2)
        ]


class TestPrinting:
    def test_is_left_to_the_command_line_and_to_measurements(self, checkout: Tree) -> None:
        assert_kept(stray_prints(checkout))

    def test_is_found_elsewhere(self, tree_of: MakeTree) -> None:
        tree = tree_of(dict.fromkeys(["api/app.py", "cli/main.py", "bench/speed.py"], "print('here')\n"))
        assert [finding.path for finding in stray_prints(tree)] == [PurePosixPath("api/app.py")]


class TestNames:
    def test_say_what_is_inside(self, checkout: Tree) -> None:
        assert_kept(nameless_modules(checkout))

    @pytest.mark.parametrize("name", ["kit/utils.py", "kit/helpers/dates.py", "api/common.py"])
    def test_that_say_nothing_are_found(self, tree_of: MakeTree, name: str) -> None:
        assert [str(finding.path) for finding in nameless_modules(tree_of({name: "", "kit/clock.py": ""}))] == [name]
