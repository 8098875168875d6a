"""The process that serves: a runtime, the app over it, and uvicorn."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import uvicorn

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime

_LONGEST_FRAME = 64 * 1024
"""Bytes of what a web socket is sent by a client; those that there are listen to nothing."""

_COULD_NOT_START = 3
"""As uvicorn's own command ends where its port is taken."""


class Serving(uvicorn.Server):
    """Stopping, it takes no connection any more and answers what it has been asked. Streams, which nobody would see the
    end of, end at once, so that the time is for those that have one."""

    def __init__(self, config: uvicorn.Config, runtime: Runtime) -> None:
        super().__init__(config)
        self._runtime = runtime

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.gather(super().shutdown(sockets), asyncio.to_thread(self._runtime.prepare_to_close))


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
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws_max_size=_LONGEST_FRAME,
            ws_per_message_deflate=False,  # its windows would be most of what a listener takes; frames are small
            timeout_graceful_shutdown=settings.drain_seconds,
        )
        server = Serving(config, runtime)
        with suppress(KeyboardInterrupt):  # raised once more by what has stopped because of it
            server.run()
        if not server.started:
            raise SystemExit(_COULD_NOT_START)
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
