"""Which files a command line means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.errors import Detail, NotFound


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the name that it gets: below a folder the path from that folder on, the folder's own name included."""

    path: Path
    name: str
    size: int


def sources(paths: Sequence[Path]) -> list[Source]:
    """Files as given, and all below folders but what is hidden. NotFound names every path that is not there."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        named = ", ".join(str(path) for path in missing)
        raise NotFound(f"not there: {named}", details=[Detail("path", str(path)) for path in missing])
    return [source for path in paths for source in _below(path)]


def _below(path: Path) -> Iterator[Source]:
    if path.is_file():
        yield Source(path, path.name, path.stat().st_size)
        return
    base = path.resolve()
    for found in sorted(base.rglob("*")):
        below = found.relative_to(base)
        if found.is_file() and not any(part.startswith(".") for part in below.parts):
            yield Source(found, (Path(base.name) / below).as_posix(), found.stat().st_size)


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
