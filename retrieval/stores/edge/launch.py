"""Starting the engine process, detached, so that it outlives this process while others use it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from retrieval.stores.edge.child import module_environment
from retrieval.stores.edge.compaction import CompactionPolicy

_LOG_BYTES = 1024 * 1024


def launch(vectors: Path, *, policy: CompactionPolicy, linger: float) -> None:
    """Returns at once. That several processes launch at the same time is no matter: one gets the lock."""
    vectors.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "retrieval.stores.edge.process", "--vectors", str(vectors), "--linger", str(linger)),
        *("--plain-limit", str(policy.plain_limit)),
        *(["--quantized"] if policy.quantized else []),
        *("--dead-share", str(policy.dead_share), "--dead-least", str(policy.dead_least)),
    ]
    with _log(vectors).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module, no shell, arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=module_environment(),
        )
    threading.Thread(target=process.wait, name="engine-reaper", daemon=True).start()


def last_words(vectors: Path) -> str:
    """The last line of the engine's log, for an error message."""
    try:
        lines = _log(vectors).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return lines[-1] if lines else ""


def _log(vectors: Path) -> Path:
    path = vectors / "engine.log"
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path
