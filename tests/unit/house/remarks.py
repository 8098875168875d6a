"""Comments that switch a check off say why, and texts that say where they were written say too much."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from tests.unit.house.tree import Finding, Tree

_SWITCH = re.compile(r"#\s*noqa\b(?::\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?|#\s*type:\s*ignore(?:\[[^\]]*\])?")
_WORDS = re.compile(r"[a-z]{2,}.*[a-z]{2,}", re.IGNORECASE)

_BEFORE = r"(?<![\w.:~-])"  # a folder, not the path of an address
_MACHINE = re.compile(_BEFORE + r"/(?:(?:home|Users)/\w+|root|work)/|\b[A-Z]:\\Users\\")
_REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|debian\.org|--(?:extra-)?index-url")


def switches_without_reason(tree: Tree) -> Iterator[Finding]:
    """The reason stands beside the switch, or on a line of comment directly above."""
    for path, text in tree.python():
        comments = dict(_comments(text))
        for line, comment in comments.items():
            if _SWITCH.search(comment) and not _gives_reason(comment, comments.get(line - 1, "")):
                yield Finding(path, line, f"{comment} needs its reason beside it")


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _gives_reason(comment: str, above: str) -> bool:
    return bool(_WORDS.search(_SWITCH.sub("", comment)) or (not _SWITCH.search(above) and _WORDS.search(above)))


def machine_paths(tree: Tree) -> Iterator[Finding]:
    return _matches(tree, _MACHINE, "is a path of one machine")


def registry_hosts(tree: Tree) -> Iterator[Finding]:
    return _matches(tree, _REGISTRY, "names a package registry: which one is the machine's business")


def _matches(tree: Tree, pattern: re.Pattern[str], what: str) -> Iterator[Finding]:
    for path, text in tree.texts():
        for number, line in enumerate(text.splitlines(), start=1):
            if found := pattern.search(line):
                yield Finding(path, number, f"{found.group()!r} {what}")
