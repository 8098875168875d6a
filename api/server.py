"""The process that serves: a runtime, the app over it, and uvicorn."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType
from typing import NoReturn

import uvicorn

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime

_LONGEST_FRAME = 64 * 1024
"""Bytes of what a web socket is sent by a client; those that there are listen to nothing."""

_GRACE_SECONDS = 3
"""For open connections when the server stops; the worker has its own time, CAIRN_SHUTDOWN_SECONDS."""


def run(settings: Settings) -> None:
    """Until a signal ends it. ConfigurationError where it cannot start."""
    # uvicorn raises the signal that ended it once more, for whoever was there before it.
    signal.signal(signal.SIGTERM, _leave)
    runtime = build_runtime(settings)
    try:
        runtime.start()
        _greet(runtime)
        app = create_app(settings, runtime)
        # What is here now stays until the end: looking through it again for garbage would hold up requests.
        gc.collect()
        gc.freeze()
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws_max_size=_LONGEST_FRAME,
            ws_per_message_deflate=False,  # its windows would be most of what a listener takes; frames are small
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    finally:
        runtime.close()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Unlike the default, lets the steps in hand be handed back."""
    raise SystemExit(0)


def _greet(runtime: Runtime) -> None:
    settings = runtime.settings
    lines = [
        f"Cairn keeps everything in {settings.home}",
        f"The API describes itself at http://{settings.host}:{settings.port}/docs",
    ]
    if runtime.made_key is not None:
        lines += [
            "",
            f"The administrator's key, shown this once: {runtime.made_key}",
            "Send it as `Authorization: Bearer …`; `cairn keys` makes and revokes others.",
            "",
        ]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
