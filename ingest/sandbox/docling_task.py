"""The task `docling`: loads Docling with its models, to find out whether that works; and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from ingest.parsers.docling.engine import Engine
from ingest.parsers.docling.installation import missing_parts
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import DOCLING, SandboxTask
from kit.errors import CairnError


class DoclingState:
    """Of this installation. `models` None: nobody has set it up, which is no trouble. Thread-safe."""

    def __init__(self, sandbox: Sandbox, models: Path | None, *, limits: Limits) -> None:
        self._sandbox = sandbox
        self._models = models
        self._limits = limits
        self._loading = Lock()
        self._loaded: Sequence[str] | None = None

    @property
    def is_set_up(self) -> bool:
        return self._models is not None

    def missing(self) -> Sequence[str]:
        """At a glance."""
        return missing_parts(self._models)

    def troubles(self) -> Sequence[str]:
        """With all that is there loaded, once: seconds."""
        if missing := self.missing():
            return missing
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> Sequence[str]:
        task = SandboxTask(DOCLING, str(self._models).encode())
        try:
            answer = self._sandbox.run(task, limits=self._limits).decode()
        except CairnError as error:
            answer = error.message
        return [f"it cannot be loaded: {answer}"] if answer else []


def run(payload: bytes) -> bytes:
    """In the child: what went wrong, or nothing."""
    try:
        Engine(Path(payload.decode())).load()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever libraries raise that do not fit each other is the answer
        return f"{type(error).__name__}: {str(error)[:300]}".encode()
    return b""
