"""The engine process: `python -m retrieval.stores.edge.process`. Clients start it and share it; it goes after them.

It holds no shard itself. Each collection's shard lives in a worker process, so that nothing done here — accepting
clients, reading frames, copying files — ever waits for the engine's interpreter lock.
"""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import IO

from kit.priority import step_forward
from retrieval.stores.edge.address import choose_socket, publish, published
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.engine import Engine
from retrieval.stores.edge.listener import Listener

log = logging.getLogger("cairn.engine")

_LOCK_SECONDS = 10.0
LOCKED = 3


def main() -> int:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_forward()  # a worker that has stepped back may have started this; all its clients' searches come through it
    arguments.vectors.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (arguments.vectors / "engine.lock").open("a") as lock:
        if not _locked(lock, arguments.vectors):
            return 0 if _answers(arguments.vectors) else _refused()
        _serve(arguments)
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    policy = CompactionPolicy(
        plain_limit=arguments.plain_limit,
        quantized=arguments.quantized,
        dead_share=arguments.dead_share,
        dead_least=arguments.dead_least,
    )
    engine = Engine(arguments.vectors, policy=policy)
    address = choose_socket(arguments.vectors)
    listener = Listener(address, engine=engine, linger=arguments.linger)
    signal.signal(signal.SIGTERM, lambda *_: listener.stop())
    publish(arguments.vectors, address)
    log.info("serving %s on %s", arguments.vectors, address)
    try:
        listener.run()
    finally:
        engine.close()
        log.info("closed")


def _locked(lock: IO[str], vectors: Path) -> bool:
    """The one engine process of this folder. A predecessor that is just closing is waited for."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _answers(vectors) or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _answers(vectors: Path) -> bool:
    address = published(vectors)
    if address is None:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(address.socket)
        except OSError:
            return False
    return True


def _refused() -> int:
    log.error("engine.lock is held by a process that does not answer; end it (`fuser engine.lock`) and try again")
    return LOCKED


def _arguments() -> argparse.Namespace:
    defaults = CompactionPolicy()
    parser = argparse.ArgumentParser(prog="retrieval.stores.edge.process")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--linger", type=float, default=2.0, help="seconds to stay after the last client has gone")
    parser.add_argument("--plain-limit", type=int, default=defaults.plain_limit)
    parser.add_argument("--quantized", action="store_true")
    parser.add_argument("--dead-share", type=float, default=defaults.dead_share)
    parser.add_argument("--dead-least", type=int, default=defaults.dead_least)
    return parser.parse_args()


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
