"""constraints.txt, held against pyproject.toml: every requirement is pinned, to a version that it admits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.house.tree import Finding, Tree

LOCK = PurePosixPath("constraints.txt")
_UNPINNED_EXTRAS = frozenset({"models", "docling"})  # large, chosen by some; docling pins its own


def pin_faults(tree: Tree) -> Iterator[Finding]:
    pins = dict(_pins(tree))
    for requirement in _requirements(tree):
        version = pins.get(canonicalize_name(requirement.name))
        if version is None:
            yield Finding(LOCK, 1, f"{requirement.name} is not pinned: run `make lock`")
        elif not requirement.specifier.contains(version, prereleases=True):
            yield Finding(LOCK, 1, f"{requirement.name} is pinned to {version}, but pyproject.toml says {requirement}")


def _requirements(tree: Tree) -> Iterator[Requirement]:
    project = tomllib.loads(tree.read("pyproject.toml"))["project"]
    yield from map(Requirement, project["dependencies"])
    for extra, requirements in project.get("optional-dependencies", {}).items():
        if extra not in _UNPINNED_EXTRAS:
            yield from map(Requirement, requirements)


def _pins(tree: Tree) -> Iterator[tuple[str, str]]:
    for line in tree.read(LOCK).splitlines():
        name, equals, version = line.partition("==")
        if equals and not line.startswith("#"):
            yield canonicalize_name(name), version
