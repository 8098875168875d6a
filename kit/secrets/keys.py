"""The keys that secrets are sealed with: from the settings, or made in the home when the first one is needed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kit.errors import ConfigurationError
from kit.secrets.errors import SecretKeyMissing

KEY_BYTES = 32
_HOW = "32 random bytes in base64, as `openssl rand -base64 32` makes them"


@dataclass(frozen=True, slots=True)
class SecretKey:
    """`version` follows from the key and tells nothing about it; a row names the one that it was sealed with."""

    material: bytes = field(repr=False)

    @property
    def version(self) -> str:
        return hashlib.sha256(b"cairn key version\0" + self.material).hexdigest()[:12]

    @property
    def text(self) -> str:
        return base64.b64encode(self.material).decode()


def parsed_keys(text: str, *, where: str) -> list[SecretKey]:
    """With commas or line ends between them; ConfigurationError, which does not repeat it, for one that is none."""
    pieces = [piece.strip() for piece in text.replace("\n", ",").split(",")]
    return [_parsed(piece, where) for piece in pieces if piece]


def _parsed(text: str, where: str) -> SecretKey:
    with suppress(binascii.Error, ValueError):
        material = base64.b64decode(text, altchars=b"-_" if set("-_") & set(text) else None, validate=True)
        if len(material) == KEY_BYTES:
            return SecretKey(material)
    raise ConfigurationError(f"{where} holds something of {len(text)} characters that is no key: a key is {_HOW}")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key a line, the newest first, readable by its owner only. It is read anew each time: another process may have
    added a key."""

    path: Path

    def keys(self) -> list[SecretKey]:
        try:
            text = self.path.read_text(encoding="ascii")
        except FileNotFoundError:
            return []
        return parsed_keys(text, where=str(self.path))

    def first(self) -> SecretKey:
        """Made where there is none. Of several processes that come at once one makes it."""
        if not self.path.exists():
            with self._written([_new_key()]) as name, suppress(FileExistsError):
                os.link(name, self.path)
        return self.keys()[0]

    def add(self) -> SecretKey:
        """A new one that everything is sealed with from now on. Those before it stay: backups need them."""
        key = _new_key()
        with self._written([key, *self.keys()]) as name:
            Path(name).replace(self.path)
        return key

    def _written(self, keys: Sequence[SecretKey]) -> _Draft:
        return _Draft(self.path, "".join(f"{key.text}\n" for key in keys))


class _Draft:
    """A file beside the one that it is to be, on disk before it takes its name; gone at the end of the block."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text

    def __enter__(self) -> str:
        descriptor, self._name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(self._text)
            file.flush()
            os.fsync(file.fileno())
        return self._name

    def __exit__(self, *_error: object) -> None:
        Path(self._name).unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _new_key() -> SecretKey:
    return SecretKey(secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`given` are those of CAIRN_SECRET_KEY, the newest first; with none of them, the file's. `is_shared`: several
    machines read the same rows, so a key that only this one has is of no use to them."""

    given: Sequence[SecretKey]
    file: KeyFile
    is_shared: bool = False

    @classmethod
    def of(cls, setting: str | None, path: Path, *, is_shared: bool) -> KeyRing:
        return cls(parsed_keys(setting or "", where="CAIRN_SECRET_KEY"), KeyFile(path), is_shared)

    def newest(self) -> SecretKey:
        """The one to seal with. Raises SecretKeyMissing."""
        if self.given:
            return self.given[0]
        if self.is_shared:
            raise SecretKeyMissing(
                "the database may be read from other machines, so no key is made here: set CAIRN_SECRET_KEY to "
                f"{_HOW}, to the same on each machine"
            )
        return self.file.first()

    def find(self, version: str) -> SecretKey | None:
        """Keys of the home are still found after a move to CAIRN_SECRET_KEY."""
        return next((key for key in (*self.given, *self.file.keys()) if key.version == version), None)
