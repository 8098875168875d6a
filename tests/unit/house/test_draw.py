"""The draw that gives each module of tests one of the two modes."""

from __future__ import annotations

from dataclasses import dataclass

from tests.draw import MODES, drawn, mode_of

DRAWS = [f"commit-{number}" for number in range(20)]
MODULES = [f"tests/unit/test_{number}.py" for number in range(200)]


@dataclass(frozen=True)
class Test:
    __test__ = False

    nodeid: str


TESTS = [Test(f"{module}::{name}") for module in MODULES for name in ("TestThat::test_one", "test_two[a::b]")]


def test_each_is_run_once_and_beside_the_others_of_its_module() -> None:
    here = {mode: drawn(TESTS, "commit", mode) for mode in MODES}
    assert here["embedded"][0] == here["cluster"][1]
    assert here["embedded"][1] == here["cluster"][0]
    assert sorted(test.nodeid for mode in MODES for test in here[mode][0]) == sorted(test.nodeid for test in TESTS)
    assert all(mode_of(test.nodeid.partition("::")[0], "commit") == mode for mode in MODES for test in here[mode][0])


def test_about_half_of_them_are_run_on_either() -> None:
    on_clusters = sum(mode_of(module, draw) == "cluster" for module in MODULES for draw in DRAWS)
    assert abs(on_clusters / (len(MODULES) * len(DRAWS)) - 0.5) < 0.05


def test_every_module_comes_to_both_within_some_commits() -> None:
    assert all({mode_of(module, draw) for draw in DRAWS} == set(MODES) for module in MODULES)
