"""Switched-off checks have a reason; nothing points at the machine it was written on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.house.remarks import machine_paths, registry_hosts, switches_without_reason
from tests.unit.house.tree import Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]
OFF = "no" + "qa"
IGNORE = "type: " + "ignore"


class TestSwitchingAChecksOff:
    def test_has_a_reason_everywhere(self, checkout: Tree) -> None:
        assert_kept(switches_without_reason(checkout))

    @pytest.mark.parametrize(
        "line",
        [
            f"x = 1  # {OFF}: S105 - the public part",
            f"x = 1  # {OFF}: S105, S106  # the public part",
            f"x = 1  # {IGNORE}[misc]  # as the library documents",
            f"x = 1  # {IGNORE}[misc, unused-ignore]  # {OFF}: PLC0415 - only with the extra",
            f"# Local: it takes a second to import.\nx = 1  # {OFF}: PLC0415",
            f"text = '# {OFF}'",
        ],
    )
    def test_is_fine_with_one(self, tree_of: MakeTree, line: str) -> None:
        assert list(switches_without_reason(tree_of({"kit/a.py": line + "\n"}))) == []

    @pytest.mark.parametrize(
        "line",
        [
            f"x = 1  # {OFF}",
            f"x = 1  # {OFF}: S105",
            f"x = 1  # {OFF}: S105 ok",
            f"x = 1  # {IGNORE}[misc]",
            f"x = 1  # {IGNORE}[arg-type]  # {OFF}: S105",
            f"x = 1  # {OFF}: S105 - the public part\ny = 1  # {OFF}: S105",
        ],
    )
    def test_is_found_without_one(self, tree_of: MakeTree, line: str) -> None:
        assert len(list(switches_without_reason(tree_of({"kit/a.py": line + "\n"})))) == 1


class TestPathsOfOneMachine:
    def test_stand_nowhere(self, checkout: Tree) -> None:
        assert_kept(machine_paths(checkout))

    @pytest.mark.parametrize("start", ["/home/ann", "/Users/ann", "/root", "/work"])
    def test_are_found(self, tree_of: MakeTree, start: str) -> None:
        found = list(machine_paths(tree_of({"docs/a.md": f"one\nsee {start}/cairn\n"})))
        assert [(str(finding.path), finding.line) for finding in found] == [("docs/a.md", 2)]

    @pytest.mark.parametrize("text", ["https://example.com/home/ann/", "~/work/x", "src/root/x", "/homely/ann/"])
    def test_are_told_from_addresses_and_relative_paths(self, tree_of: MakeTree, text: str) -> None:
        assert list(machine_paths(tree_of({"docs/a.md": text}))) == []


class TestPackageRegistries:
    def test_are_named_nowhere(self, checkout: Tree) -> None:
        assert_kept(registry_hosts(checkout))

    @pytest.mark.parametrize("host", ["py" + "pi.org", "files.python" + "hosted.org", "registry.npm" + "js.org"])
    def test_are_found(self, tree_of: MakeTree, host: str) -> None:
        assert len(list(registry_hosts(tree_of({"constraints.txt": f"# from {host}\n"})))) == 1
