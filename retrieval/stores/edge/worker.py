"""The process that holds one shard: `python -m retrieval.stores.edge.worker`, started by the engine process only.

One thread, one operation at a time: the engine holds the interpreter lock in every call, so a second thread could
do nothing meanwhile.
"""

from __future__ import annotations

import argparse
import fcntl
import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path

import msgspec

from kit.errors import CairnError
from kit.priority import step_back, step_forward
from retrieval.stores.edge.framing import PeerGoneError, receive_frame, send_frame
from retrieval.stores.edge.layout import CollectionLayout
from retrieval.stores.edge.messages import Done, Ensure, Refused, Reply
from retrieval.stores.edge.operations import Operations
from retrieval.stores.edge.optimising import Optimising
from retrieval.stores.edge.shard import ShardLayout

_OPTIMISING_NICENESS = 10


def main() -> int:
    arguments = _arguments()
    _die_with_parent(arguments.lifeline)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=arguments.socket)
    layout = CollectionLayout(arguments.collection)
    try:
        operations = _opened(layout, arguments)
    except Exception as error:  # noqa: BLE001  # the engine raises nothing narrower; the parent reports it
        send_frame(connection, msgspec.msgpack.encode(Refused("UNAVAILABLE", str(error))))
        return 1
    send_frame(connection, msgspec.msgpack.encode(Done()))
    _serve(connection, operations)
    operations.close()
    return 0


def _opened(layout: CollectionLayout, arguments: argparse.Namespace) -> Operations:
    spec: Ensure = layout.spec()
    shard = ShardLayout(layout.folder / arguments.generation, spec.vector_size)
    operations = Operations(layout=shard, spec=spec, create=arguments.create)
    if arguments.optimise:
        step_back(_OPTIMISING_NICENESS)
        operations.optimise(arguments.optimise)
        step_forward()  # where that is not allowed, the shard stays behind as it was built
    return operations


def _serve(connection: socket.socket, operations: Operations) -> None:
    """Until the parent closes the connection."""
    gc.collect()
    gc.freeze()  # no search waits while what was imported is looked through for garbage
    while True:
        try:
            frame = receive_frame(connection)
        except PeerGoneError:
            return
        send_frame(connection, msgspec.msgpack.encode(_answer(operations, frame)))


def _answer(operations: Operations, frame: bytes) -> Reply:
    try:
        return Done(operations.run(frame))
    except CairnError as error:
        return Refused(error.code, error.message)
    except msgspec.DecodeError as error:
        return Refused("VALIDATION_ERROR", f"not an operation: {error}")
    except Exception as error:  # noqa: BLE001  # the engine raises nothing narrower; one bad call must not end the rest
        return Refused("UNAVAILABLE", f"the vector engine refused: {error}")


def _die_with_parent(lifeline: int) -> None:
    """Closing the other end sends SIGIO, whose default on Linux ends the process at once, even inside an engine call.

    Elsewhere the process ends at its next read from the parent.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="retrieval.stores.edge.worker")
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--generation", required=True)
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--create", action="store_true")
    parser.add_argument("--optimise", type=Optimising, choices=list(Optimising))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
