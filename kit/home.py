"""Guards CAIRN_HOME: a folder that was used and has lost a part of itself must not be taken for a fresh one."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kit.clock import Clock, SystemClock
from kit.errors import ConfigurationError
from kit.manifest import FORMAT, Manifest, Uses, read_manifest, write_manifest

MANIFEST_NAME = "home.json"
DATABASE_NAME = "cairn.db"
FILES_NAME = "files"
VECTORS_NAME = "vectors"
WORKER_LOCK_NAME = "worker.lock"
SECRET_KEYS_NAME = "secret.key"  # noqa: S105 - the name of a file


class Home:
    """The folder of one installation. Opening it checks it; `remember` records what has come to life in it.

    Order in a composition root: `open`, migrate the database, `remember(database=…)`; `remember(vectors=…)` once the
    vectors folder holds something. Until then their absence is no loss, so a start that was cut short can be repeated.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        self.path = path
        self._clock = clock or SystemClock()
        self._manifest_path = path / MANIFEST_NAME
        self._manifest: Manifest | None = None

    @property
    def files(self) -> Path:
        return self.path / FILES_NAME

    @property
    def vectors(self) -> Path:
        return self.path / VECTORS_NAME

    @property
    def secret_keys(self) -> Path:
        """The file with the keys that secrets are sealed with; there once one is needed."""
        return self.path / SECRET_KEYS_NAME

    @property
    def database(self) -> Path:
        return self.path / DATABASE_NAME

    def open(self, uses: Uses, *, vectors: Path | None = None, repairing: bool = False) -> Manifest:
        """Create the home or check it; ConfigurationError names what is wrong and what to do.

        `uses` is what the settings ask for now: parts that moved to a server are not looked for here. `vectors` is
        the folder of the embedded engine, `<home>/vectors` unless given. `repairing` accepts missing vectors.
        """
        self._prepare_folder()
        manifest = read_manifest(self._manifest_path)
        if manifest is None:
            manifest = self._begin()
        else:
            self._refuse_losses(manifest, uses, vectors or self.vectors, repairing=repairing)
        self._manifest = manifest
        return manifest

    def remember(self, *, database: str | None = None, vectors: str | None = None) -> None:
        """Record that a database ("sqlite", "server") or vectors ("edge", "server") are in use from now on.

        Cheap when nothing changes. Raises RuntimeError before `open`.
        """
        if self._manifest is None:
            raise RuntimeError(f"home {self.path} is not open")
        uses = Uses(database=database or self._manifest.uses.database, vectors=vectors or self._manifest.uses.vectors)
        changed = replace(self._manifest, uses=uses, cairn=_cairn_version(), initialised=True)
        if changed != self._manifest:
            write_manifest(self._manifest_path, changed)
            self._manifest = changed

    def _prepare_folder(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise ConfigurationError(
                f"home {self.path} cannot be written to ({error.strerror}): give this user write access to it, "
                "or point CAIRN_HOME at another folder"
            ) from error

    def _begin(self) -> Manifest:
        self.files.mkdir(mode=0o700, exist_ok=True)
        manifest = Manifest(
            format=FORMAT, cairn=_cairn_version(), created_at=self._clock.now(), uses=Uses(), initialised=False
        )
        write_manifest(self._manifest_path, manifest)
        return manifest

    def _refuse_losses(self, manifest: Manifest, uses: Uses, vectors: Path, *, repairing: bool) -> None:
        if manifest.uses.database == uses.database == "sqlite" and not self.database.is_file():
            raise ConfigurationError(
                f"{self.database} is missing, but home {self.path} was used with it: restore it from a backup, "
                "or move the home away to start afresh"
            )
        if not self.files.is_dir():
            raise ConfigurationError(
                f"{self.files} is missing, which holds the uploaded files of home {self.path}: restore it from a "
                "backup (is a volume not mounted?), or move the home away to start afresh"
            )
        if manifest.uses.vectors == uses.vectors == "edge" and not repairing and _is_empty(vectors):
            raise ConfigurationError(
                f"{vectors} is missing or empty, but home {self.path} was used with vectors in it: restore it from a "
                "backup, or run `cairn doctor --repair`, which rebuilds the vectors from the stored chunks"
            )


def newer_database(revision: str) -> ConfigurationError:
    """The refusal of a database whose revision this code does not know."""
    return ConfigurationError(
        f"this home was written by a newer Cairn (database revision {revision}, this is Cairn {_cairn_version()}): "
        "install that version or a later one, or restore a backup made with this one"
    )


def _is_empty(folder: Path) -> bool:
    with suppress(FileNotFoundError, NotADirectoryError):
        return next(folder.iterdir(), None) is None
    return True


def _cairn_version() -> str:
    try:
        return version("cairn")
    except PackageNotFoundError:
        return "0+unknown"
