"""The checklist of docs/asvs.md names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)*)`", (ROOT / "docs/asvs.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_checklist_names_is_there(name: str) -> None:
    path, *inside = name.split("::")
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for part in inside:
        found = next(
            (node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == part), None
        )
        assert found is not None, f"{name}: there is no {part}"
        body = found.body


def test_the_checklist_names_many() -> None:
    assert len(NAMED) > 20
