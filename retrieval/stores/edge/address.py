"""Where the engine process of a vectors folder listens."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

from retrieval.stores.edge.layout import replace_file

# sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST = 103


class Address(msgspec.Struct, frozen=True):
    """Written to `engine.json` by the process that listens, since another process may have another TMPDIR."""

    socket: str
    pid: int


def choose_socket(vectors: Path) -> Path:
    """Inside the vectors folder if the path fits into a socket address, else in a private temporary folder."""
    inside = vectors / "engine.sock"
    if len(os.fsencode(inside)) <= _LONGEST:
        return inside
    name = hashlib.sha256(os.fsencode(vectors.resolve())).hexdigest()[:24]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    folder = base / f"cairn-{os.getuid()}"
    if len(os.fsencode(folder)) + len(name) + 6 > _LONGEST:
        folder = Path("/tmp") / f"cairn-{os.getuid()}"  # noqa: S108  # owner and mode are checked below
    _make_private(folder)
    return folder / f"{name}.sock"


def publish(vectors: Path, socket: Path) -> None:
    replace_file(vectors / "engine.json", msgspec.json.encode(Address(str(socket), os.getpid())))


def published(vectors: Path) -> Address | None:
    try:
        return msgspec.json.decode((vectors / "engine.json").read_bytes(), type=Address)
    except FileNotFoundError:
        return None


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat(follow_symlinks=False)
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{folder} must belong to this user with mode 0700")
