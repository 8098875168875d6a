"""What children of the zygotes in these tests do."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import NoReturn

from kit.zygote.process import Life


def make_ready(argument: bytes) -> Life:
    loaded = argument + f" {os.getpid()}".encode()

    def live(channel: socket.socket, others: Sequence[int]) -> NoReturn:
        """Says what the zygote has loaded, and writes what it hears to the file that it was given."""
        channel.sendall(loaded)
        while heard := channel.recv(100):
            os.write(others[0], heard)
            channel.sendall(b"written")
        os._exit(7)

    return live


def fail(argument: bytes) -> Life:
    raise RuntimeError(argument.decode())
