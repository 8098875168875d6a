"""Tasks that do what hostile files make parsers do. They run in the sandbox's children, named on its list by tests."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

import msgspec

from kit.errors import Conflict, Detail

TASKS = {
    name: f"tests.unit.ingest.sandbox.misbehaviour:{name}"
    for name in (
        *("echo", "allocate", "allocate_natively", "burn", "hang", "segfault", "quit_silently", "write_much"),
        *("refuse", "raise_bug", "environment", "descriptors", "start_grandchild", "answer_much"),
        *("follow", "keep"),
    )
}


def echo(payload: bytes) -> bytes:
    return payload


def allocate(payload: bytes) -> bytes:
    return bytes(int(payload))


def allocate_natively(payload: bytes) -> bytes:
    """As pdfium does: fills memory, and aborts when it gets no more."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while address := libc.malloc(8_000_000):
        ctypes.memset(address, 1, 8_000_000)
    os.abort()


def burn(payload: bytes) -> bytes:
    while True:
        pass


def hang(payload: bytes) -> bytes:
    Path(payload.decode()).write_text(str(os.getpid()))
    time.sleep(600)
    return b""


def segfault(payload: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def quit_silently(payload: bytes) -> bytes:
    os._exit(7)


def write_much(payload: bytes) -> bytes:
    Path(payload.decode()).write_bytes(bytes(50_000_000))
    return b""


def refuse(payload: bytes) -> bytes:
    raise Conflict("it is taken", code="TAKEN", details=[Detail("name", "is taken")])


def raise_bug(payload: bytes) -> bytes:
    raise KeyError("surprise")


def environment(payload: bytes) -> bytes:
    return msgspec.json.encode(dict(os.environ))


def descriptors(payload: bytes) -> bytes:
    return msgspec.json.encode([str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.exists()])


def start_grandchild(payload: bytes) -> bytes:
    grandchild = subprocess.Popen(["sleep", "600"])
    return str(grandchild.pid).encode()


def answer_much(payload: bytes) -> bytes:
    return b"x" * int(payload)


def follow(payload: bytes) -> bytes:
    """Does what the payload says, and names its process."""
    match payload.split():
        case [b"burn", seconds]:
            until = time.process_time() + float(seconds)
            while time.process_time() < until:
                pass
        case [b"refuse"]:
            raise Conflict("it is taken", code="TAKEN")
        case [b"die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case [b"hang"]:
            time.sleep(600)
    return str(os.getpid()).encode()


_kept: list[bytes] = []


def keep(payload: bytes) -> bytes:
    """Memory, as a library does that never gives it back."""
    _kept.append(bytes(int(payload)))
    return str(os.getpid()).encode()
