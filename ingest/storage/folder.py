"""Originals in a local folder."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from ingest.storage.protocol import StagedBlob, check_size
from kit.errors import NotFound
from kit.ids import new_id

_BLOCK = 1024 * 1024
_STAGING = ".staging"
_STALE_SECONDS = 3600


class FolderStore:
    """`root` holds the kept files; what is on its way lies in a subfolder, whose leftovers `open()` clears."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._staging = self._root / _STAGING

    def open(self) -> None:
        """Create the folder, and clear what a killed upload left behind some time ago: others may be uploading now."""
        self._staging.mkdir(parents=True, exist_ok=True)
        for leftover in self._staging.iterdir():
            if time.time() - leftover.stat().st_mtime > _STALE_SECONDS:
                leftover.unlink(missing_ok=True)

    def stage(self, stream: BinaryIO, *, limit: int) -> StagedBlob:
        self._staging.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile(dir=self._staging, delete=False) as target:
            place = Path(target.name)
            try:
                while data := stream.read(_BLOCK):
                    size += len(data)
                    check_size(size, limit)
                    digest.update(data)
                    target.write(data)
                target.flush()
                os.fsync(target.fileno())
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        return StagedBlob(sha256=digest.hexdigest(), size=size, place=place)

    def keep(self, staged: StagedBlob, key: str) -> None:
        _move(staged.place, self._path(key))

    def discard(self, staged: StagedBlob) -> None:
        staged.place.unlink(missing_ok=True)

    def put(self, key: str, data: bytes) -> None:
        target, temporary = self._path(key), self._staging / new_id()
        try:
            _write(temporary, data)
        except FileNotFoundError:  # the folder, before `open()`
            self._staging.mkdir(parents=True, exist_ok=True)
            _write(temporary, data)
        _move(temporary, target)

    def get(self, key: str) -> bytes:
        with self.local(key) as path:
            return path.read_bytes()

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise NotFound(f"stored file {key} is missing; restore it from a backup, or upload the file again")
        yield path

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        for path in self._root.rglob("*"):
            if path.is_file() and self._staging not in path.parents:
                yield path.relative_to(self._root).as_posix()

    def _path(self, key: str) -> Path:
        path = Path(os.path.normpath(self._root / key))
        if not path.is_relative_to(self._root):
            raise NotFound(f"{key!r} is not a key of this store")
        return path


def _write(place: Path, data: bytes) -> None:
    """For its owner's eyes only, like what is staged."""
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)


def _move(place: Path, target: Path) -> None:
    """The folder is nearly always there: to look for it each time takes as long as the move."""
    try:
        place.replace(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        place.replace(target)
