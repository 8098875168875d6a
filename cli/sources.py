"""Which files a command line means, and what they are to be called."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.errors import Detail, NotFound


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the name that it gets: below a folder the path from that folder on, the folder's own name included.

    Where two files of one command would get the same name, each gets as much more of its path as tells them apart.
    """

    path: Path
    name: str
    size: int


def sources(paths: Sequence[Path]) -> list[Source]:
    """Files as given, and all below folders but what is hidden; each once. NotFound names every path that is not
    there."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        named = ", ".join(str(path) for path in missing)
        raise NotFound(f"not there: {named}", details=[Detail("path", str(path)) for path in missing])
    depths: dict[Path, int] = {}
    for path in paths:
        for found, depth in _below(path.absolute()):
            depths.setdefault(found, depth)
    _tell_apart(depths)
    return [Source(path, _name(path, depth), _size(path)) for path, depth in depths.items()]


def batches(found: Sequence[Source], *, files: int, size: int) -> Iterator[list[Source]]:
    """As an upload takes them: so many files, so many bytes. A file that is larger by itself goes alone."""
    batch: list[Source] = []
    for source in found:
        if batch and (len(batch) == files or sum(one.size for one in batch) + source.size > size):
            yield batch
            batch = []
        batch.append(source)
    if batch:
        yield batch


def _below(given: Path) -> Iterator[tuple[Path, int]]:
    """Files with the number of parts at the end of their path that make their name."""
    path = Path(os.path.normpath(given))
    if not path.is_dir():
        yield path, 1
        return
    for found in sorted(path.rglob("*")):
        below = found.relative_to(path).parts
        if found.is_file() and not any(part.startswith(".") for part in below):
            yield found, len(below) + 1


def _tell_apart(depths: dict[Path, int]) -> None:
    """Paths differ, so this ends at the latest when each name is a whole path."""
    while True:
        names = Counter(_name(path, depth) for path, depth in depths.items())
        alike = [path for path, depth in depths.items() if names[_name(path, depth)] > 1]
        if not alike:
            return
        for path in alike:
            depths[path] += 1


def _name(path: Path, depth: int) -> str:
    """A name may hold bytes that are no UTF-8, which neither a database nor a terminal takes."""
    name = "/".join(path.parts[-depth:])
    return os.fsencode(name).decode("utf-8", "replace")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # gone meanwhile: opening it says so
