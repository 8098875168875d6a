"""Files of a collection: `spec.json`, the shard folders `gen-000001`, … and `CURRENT`, which names the one in use.

Both files are replaced by rename, so they are whole or absent whenever a process dies.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from kit.errors import Invalid
from retrieval.stores.edge.messages import Ensure

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
FIRST = "gen-000001"


class CollectionLayout:
    """One collection's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def named(cls, vectors: Path, name: str) -> CollectionLayout:
        if not _NAME.fullmatch(name):
            raise Invalid(f"{name!r} is no collection name: letters, digits, '_', '-' and '.', at most 64")
        return cls(vectors / name)

    def exists(self) -> bool:
        return (self.folder / "spec.json").exists()

    def spec(self) -> Ensure:
        return msgspec.json.decode((self.folder / "spec.json").read_bytes(), type=Ensure)

    def create(self, spec: Ensure) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / "spec.json", msgspec.json.encode(spec))
        sync_files([self.folder.parent])

    def current(self) -> str | None:
        try:
            return (self.folder / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def point_at(self, generation: str) -> None:
        """From here on this is the shard, also after a crash."""
        replace_file(self.folder / "CURRENT", generation.encode("ascii"))

    def sync(self, generation: str) -> None:
        """The shard's files and folders to disk. To be called before `point_at`, which is on disk when it returns."""
        shard = self.folder / generation
        sync_files([shard, *shard.rglob("*")])

    def next_generation(self) -> str:
        numbers = [int(path.name.removeprefix("gen-")) for path in self.folder.glob("gen-*")]
        return f"gen-{max(numbers, default=0) + 1:06d}"

    def remove_leftovers(self) -> list[str]:
        """Shard folders that an interrupted compaction or creation left; returns their names."""
        current = self.current()
        leftovers = [path for path in self.folder.glob("gen-*") if path.name != current]
        for path in leftovers:
            shutil.rmtree(path, ignore_errors=True)
        return [path.name for path in leftovers]


def replace_file(path: Path, content: bytes) -> None:
    """The file has the old or the new content at every moment, power failures included."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_files([path.parent])


def sync_files(paths: Iterable[Path]) -> None:
    """Files and folders to disk; those that vanish meanwhile are left out."""
    for path in paths:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
