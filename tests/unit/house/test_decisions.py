"""Decision records can be found and told apart."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.house.decisions import decision_faults
from tests.unit.house.tree import Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]
MAP = "docs/architecture.md"
LINKS = "[one](adr/0001-one.md) [two](adr/0002-two.md)"


class TestDecisions:
    def test_are_in_order(self, checkout: Tree) -> None:
        assert_kept(decision_faults(checkout))

    def test_are_fine_when_numbered_titled_and_linked(self, tree_of: MakeTree) -> None:
        files = {MAP: LINKS, "docs/adr/0001-one.md": "# 0001: One", "docs/adr/0002-two.md": "# 0002: Two"}
        assert list(decision_faults(tree_of(files))) == []

    def test_never_share_a_number(self, tree_of: MakeTree) -> None:
        files = {MAP: f"{LINKS} [x](adr/0001-other.md)", "docs/adr/0001-one.md": "# 0001: One"}
        found = list(decision_faults(tree_of(files | {"docs/adr/0001-other.md": "# 0001: Other"})))
        assert [finding.what for finding in found] == ["docs/adr/0001-one.md has the number 0001 already"]

    def test_are_linked_from_the_map(self, tree_of: MakeTree) -> None:
        found = list(decision_faults(tree_of({MAP: LINKS, "docs/adr/0003-three.md": "# 0003: Three"})))
        assert [finding.what for finding in found] == ["docs/architecture.md has no link to it"]

    def test_are_named_and_titled_by_their_number(self, tree_of: MakeTree) -> None:
        found = decision_faults(tree_of({MAP: LINKS, "docs/adr/1-x.md": "# 1", "docs/adr/0002-two.md": "# Two"}))
        assert [finding.what.split(" ")[:3] for finding in found] == [
            ["the", "first", "line"],
            ["a", "decision's", "file"],
        ]
