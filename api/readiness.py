"""Whether every part that requests depend on does its work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Overdue

import structlog

from orchestration.runtime import Runtime

OK = "ok"
SECONDS = 3.0
"""What a part has for its answer; shorter than the patience of those who probe."""

_log = structlog.get_logger("cairn.readiness")


class Readiness:
    """Asks all parts at the same time, so that one that hangs does not hide the others."""

    def __init__(self, runtime: Runtime) -> None:
        self._docling = runtime.engines.docling
        self._parts: dict[str, Callable[[], str]] = {
            "database": lambda: _answers(runtime.database.ping),
            "vectors": lambda: _answers(runtime.store.collections),
            "model": lambda: _answers(runtime.embedder.warm),  # at once where it is loaded
            "worker": lambda: OK if runtime.worker.is_alive else "not running",
        }

    def options(self) -> dict[str, str]:
        """What an installation may do without, at a glance: `ok`, `not set up`, or that something is missing."""
        docling = self._docling
        if not docling.is_set_up:
            return {"docling": "not set up"}
        return {"docling": "incomplete: `cairn doctor` says what is missing" if docling.missing() else OK}

    def check(self) -> dict[str, str]:
        """For each part `ok`, or what is wrong with it, without anything internal."""
        pool = ThreadPoolExecutor(max_workers=len(self._parts), thread_name_prefix="readiness")
        try:
            asked = {name: pool.submit(self._ask, name) for name in self._parts}
            return {name: _within_time(future.result) for name, future in asked.items()}
        finally:
            pool.shutdown(wait=False)

    def _ask(self, name: str) -> str:
        try:
            return self._parts[name]()
        except Exception:  # noqa: BLE001 - whatever keeps a part from answering is what this is to find out
            _log.exception("readiness.failed", part=name)
            return "does not answer"


def _answers(question: Callable[[], object]) -> str:
    question()
    return OK


def _within_time(result: Callable[[float], str]) -> str:
    try:
        return result(SECONDS)
    except Overdue:
        return f"does not answer within {SECONDS:g} s"
