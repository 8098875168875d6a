"""What is installed is what was tested."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.unit.house.pins import LOCK, pin_faults
from tests.unit.house.tree import Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]
PROJECT = '[project]\ndependencies = ["Some_Thing>=2"]\noptional-dependencies.dev = ["tool"]\n'


class TestPins:
    def test_are_there_for_every_requirement(self, checkout: Tree) -> None:
        assert_kept(pin_faults(checkout))

    def test_are_exact_and_from_no_place_of_their_own(self, checkout: Tree) -> None:
        lines = [line for line in checkout.read(LOCK).splitlines() if not line.startswith("#")]
        assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)] == []

    @pytest.mark.parametrize(
        ("pins", "what"),
        [
            ("some-thing==2.1\n", "tool is not pinned: run `make lock`"),
            ("some-thing==1.9\ntool==1\n", "Some_Thing is pinned to 1.9, but pyproject.toml says Some_Thing>=2"),
        ],
    )
    def test_that_are_missing_or_too_old_are_found(self, tree_of: MakeTree, pins: str, what: str) -> None:
        found = list(pin_faults(tree_of({"pyproject.toml": PROJECT, "constraints.txt": pins})))
        assert [finding.what for finding in found] == [what]
