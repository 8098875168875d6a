"""Tasks in a process of their own: limits first, then the function and its answer for each payload, then gone."""

from __future__ import annotations

import math
import os
import resource
import socket
import time
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

import msgspec

from ingest.sandbox.frames import (
    PREFIX_BYTES,
    Answer,
    Bug,
    NoMemory,
    Request,
    Result,
    Step,
    decode_request,
    encode,
    encode_step,
    refusal_of,
)
from ingest.sandbox.tasks import Watch, load_task
from kit.errors import CairnError
from kit.zygote.process import Life

_NO_MEMORY = encode(NoMemory())  # made beforehand: there is nothing left to make it from when it is needed


class Readiness(msgspec.Struct, frozen=True):
    """`tasks` is the list of what may run, `preload` are modules imported beforehand, `prepare` tasks with payloads
    that run once before any child is there: what they load, children have."""

    tasks: dict[str, str]
    preload: list[str]
    prepare: list[tuple[str, bytes]] = []


def make_ready(argument: bytes) -> Life:
    """In the zygote; `argument` is a Readiness in JSON."""
    readiness = msgspec.json.decode(argument, type=Readiness)
    for module in readiness.preload:
        import_module(module)
    for name in readiness.tasks:
        load_task(readiness.tasks, name)
    for name, payload in readiness.prepare:
        load_task(readiness.tasks, name)(payload)

    def life(channel: socket.socket, _others: Sequence[int]) -> NoReturn:
        run_child(channel, readiness.tasks)

    return life


def run_child(channel: socket.socket, tasks: Mapping[str, str]) -> NoReturn:
    """Called in the forked process, which has a process group of its own and no other socket."""
    status = 1
    try:
        request = decode_request(_received(channel))
        _apply_limits(request)
        watch = _Steps(channel, request)
        for number, payload in enumerate(request.payloads):
            if number:
                _give_cpu_time(request.cpu_seconds)
            channel.sendall(_answer(request, payload, tasks, watch))
        status = 0
    except OSError:  # the parent has gone away, or has lost patience
        status = 2
    finally:
        os._exit(status)


class _Steps:
    """Implements Watch: tells the parent, and gives the task the CPU time of one step more."""

    def __init__(self, channel: socket.socket, request: Request) -> None:
        self._channel = channel
        self._seconds = request.step_seconds
        self._left = request.steps

    def __call__(self, done: int, total: int) -> None:
        self._channel.sendall(encode_step(Step(done, total)))
        if self._left > 0:
            self._left -= 1
            soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (min(soft + self._seconds, hard), hard))


def _answer(request: Request, payload: bytes, tasks: Mapping[str, str], watch: Watch) -> bytes:
    """Encoded here, inside the guard against a lack of memory: a large result is copied once to be encoded."""
    try:
        return encode(_outcome(request, payload, tasks, watch))
    except MemoryError:
        return _NO_MEMORY


def _outcome(request: Request, payload: bytes, tasks: Mapping[str, str], watch: Watch) -> Answer:
    try:
        function = load_task(tasks, request.function)
        return Result(function(payload, watch) if request.is_watched else function(payload))
    except CairnError as error:
        return refusal_of(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the edge of the process: whatever happened is told to the parent
        return Bug(f"{type(error).__name__}: {str(error)[:500]}", traceback.format_exc()[-8000:])


def _received(channel: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(channel, PREFIX_BYTES), "big")
    return _exactly(channel, length)


def _exactly(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = channel.recv(count - len(data))
        if not piece:
            raise ConnectionResetError("the request was cut short")
        data += piece
    return bytes(data)


def _apply_limits(request: Request) -> None:
    _lower(resource.RLIMIT_AS, _address_space() + request.memory_bytes)
    later = request.steps * request.step_seconds + (len(request.payloads) - 1) * (request.cpu_seconds + 1)
    _lower(resource.RLIMIT_CPU, request.cpu_seconds, grace=later + 1)  # soft: SIGXCPU; hard, later: SIGKILL
    _lower(resource.RLIMIT_FSIZE, request.file_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def _give_cpu_time(seconds: int) -> None:
    """As much as the payload before had, from now on."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(math.ceil(time.process_time()) + seconds, hard), hard))


def _lower(which: int, value: int, *, grace: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    ceiling = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(which, (min(value, ceiling), ceiling))


def _address_space() -> int:
    """Bytes mapped now; 0 where /proc does not tell (then RLIMIT_AS is the bare limit)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a fork of a lean process: no pathlib
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
