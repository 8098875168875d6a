"""Documents point at what is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.settings import Settings
from tests.unit.house.references import dead_references
from tests.unit.house.tree import CHECKOUT, Tree, assert_kept

MakeTree = Callable[[dict[str, str]], Tree]


class TestReferences:
    def test_lead_somewhere(self, checkout: Tree) -> None:
        assert_kept(dead_references(checkout))

    def test_are_links_modules_and_files(self, tree_of: MakeTree) -> None:
        text = "[a](../kit/ids.py) [b](https://example.com/x) `python -m bench.speed` `kit/ids.py` [c](../kit/)"
        assert list(dead_references(tree_of({"docs/a.md": text, "kit/ids.py": "", "bench/speed.py": ""}))) == []

    @pytest.mark.parametrize(
        ("text", "target"),
        [
            ("[a](gone.md)", "docs/gone.md"),
            ("`python -m bench.gone --all`", "bench/gone.py"),
            ("see `kit/gone.py`", "kit/gone.py"),
        ],
    )
    def test_that_lead_nowhere_are_found(self, tree_of: MakeTree, text: str, target: str) -> None:
        found = list(dead_references(tree_of({"docs/a.md": f"one\n{text}\n"})))
        assert [(finding.line, finding.what) for finding in found] == [(2, f"{target} is not there")]


class TestTheExampleOfAnEnvironment:
    def test_names_settings_that_there_are(self) -> None:
        lines = (CHECKOUT / ".env.example").read_text(encoding="utf-8").splitlines()
        named = {line.partition("=")[0].lstrip("#") for line in lines if "=" in line}
        assert named
        assert named <= {f"CAIRN_{name.upper()}" for name in Settings.model_fields}
