"""home.json: what a home is, by which version it was made, and what has lived in it."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from kit.errors import ConfigurationError

FORMAT = 1
"""Raised when an older Cairn would misread a home."""


@dataclass(frozen=True, slots=True)
class Uses:
    """`database` is "sqlite" or "server", `vectors` "edge" or "server"; None: not used yet."""

    database: str | None = None
    vectors: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`cairn` is the version that wrote the manifest last; `initialised` once the first start went through."""

    format: int
    cairn: str
    created_at: datetime
    uses: Uses = field(default_factory=Uses)
    initialised: bool = False


def read_manifest(path: Path) -> Manifest | None:
    """None where there is none; ConfigurationError when it is unreadable or of a format newer than this code knows."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return _parse(json.loads(text), path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} is not a manifest that Cairn wrote ({error!r}): restore it from a backup, or remove it if "
            "database, files and vectors beside it are complete"
        ) from error


def _parse(raw: dict[str, object], path: Path) -> Manifest:
    number = int(str(raw["format"]))
    if number > FORMAT:
        raise ConfigurationError(
            f"{path.parent} was written by a newer Cairn ({raw.get('cairn')}, home format {number}; this one knows "
            f"up to {FORMAT}): install that version or a later one, or point CAIRN_HOME at another folder"
        )
    uses = raw["uses"]
    if not isinstance(uses, dict):
        raise TypeError(f"uses is {uses!r}")
    return Manifest(
        format=number,
        cairn=str(raw["cairn"]),
        created_at=datetime.fromisoformat(str(raw["created_at"])),
        uses=Uses(database=uses.get("database"), vectors=uses.get("vectors")),
        initialised=bool(raw["initialised"]),
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Replace the manifest so that a crash at any moment leaves the old one or the new one, whole."""
    content = json.dumps(asdict(manifest) | {"created_at": manifest.created_at.isoformat()}, indent=2)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A rename lasts through a power cut only once its folder is on disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
