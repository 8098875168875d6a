"""A tree of files that rules look at: the checkout, or one made up by a test."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule is broken, and how."""

    path: PurePosixPath
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Tree:
    """`paths` are relative to `root`."""

    root: Path
    paths: Sequence[PurePosixPath]

    def read(self, path: PurePosixPath | str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def texts(self) -> Iterator[tuple[PurePosixPath, str]]:
        """Every file that is UTF-8."""
        for path in self.paths:
            try:
                yield path, self.read(path)
            except UnicodeDecodeError:
                continue

    def python(self) -> Iterator[tuple[PurePosixPath, str]]:
        return ((path, text) for path, text in self.texts() if path.suffix == ".py")

    def modules(self) -> Iterator[tuple[PurePosixPath, ast.Module]]:
        return ((path, ast.parse(text, str(path))) for path, text in self.python())


def tracked(root: Path) -> Tree:
    """The files of a checkout that git knows and that are there."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return Tree(root, [PurePosixPath(name) for name in listed if name and (root / name).is_file()])


def made_up(root: Path, files: dict[str, str]) -> Tree:
    """A tree with these files, from their paths to what is in them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Tree(root, [PurePosixPath(name) for name in files])


def assert_kept(findings: Iterable[Finding]) -> None:
    """Fails with every finding on a line of its own."""
    broken = "\n".join(map(str, findings))
    assert not broken, f"a house rule is broken:\n{broken}"
