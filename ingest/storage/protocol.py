"""The seam between Cairn and where originals are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from kit.errors import TooLarge


@dataclass(frozen=True, slots=True)
class StagedBlob:
    """Bytes received in full, not yet kept. `place` is the store's own."""

    sha256: str
    size: int
    place: Path


class FileStore(Protocol):
    """Keys are relative paths of safe characters. What is kept never changes: a key names its bytes.

    Unavailable where the store does not answer.
    """

    def open(self) -> None:
        """Make it ready; clears what killed uploads left behind."""

    def stage(self, stream: BinaryIO, *, limit: int) -> StagedBlob:
        """Read the stream to its end; TooLarge past `limit` bytes, with nothing left behind."""

    def keep(self, staged: StagedBlob, key: str) -> None:
        """Make staged bytes readable under the key. Cheap, atomic, repeatable."""

    def discard(self, staged: StagedBlob) -> None: ...

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """NotFound when the key is not kept."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """The bytes as a local file while the block runs; NotFound when the key is not kept."""

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Quietly does nothing when the key is not kept."""

    def keys(self) -> Iterator[str]: ...


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"the file is larger than {limit} bytes; split it, or raise CAIRN_UPLOAD_MAX_FILE")


def original_key(*, tenant_id: str, sha256: str) -> str:
    """Originals are shared within a tenant by content, never between tenants."""
    return f"{tenant_id}/originals/{sha256[:2]}/{sha256}"


def blocks_key(*, tenant_id: str, file_id: str, generation: int) -> str:
    return f"{tenant_id}/blocks/{file_id[-2:]}/{file_id}-{generation}"
