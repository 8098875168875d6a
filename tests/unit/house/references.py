"""What the documents point at is there: files, measurements, settings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.unit.house.tree import Finding, Tree

_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
_MODULE = re.compile(r"python -m ((?:bench|migrations)(?:\.\w+)+)")
_FILE = re.compile(r"`((?:api|cli|ingest|retrieval|identity|kit|migrations|orchestration|tests|docs)/[\w./-]+\.\w+)`")


def dead_references(tree: Tree) -> Iterator[Finding]:
    present = set(map(str, tree.paths))
    folders = {str(folder) for path in tree.paths for folder in path.parents}
    for path, text in tree.texts():
        if path.suffix == ".md":
            for number, line in enumerate(text.splitlines(), start=1):
                for target in _targets(path, line):
                    if target not in present | folders:
                        yield Finding(path, number, f"{target} is not there")


def _targets(path: PurePosixPath, line: str) -> Iterator[str]:
    for link in _LINK.findall(line):
        yield posixpath.normpath(str(path.parent / link))
    for module in _MODULE.findall(line):
        yield module.replace(".", "/") + ".py"
    yield from _FILE.findall(line)
