"""How soon a host may be asked again, for all crawls on this machine; other machines have parts of the ceiling."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

_PLACE = "place"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NUMBER = struct.Struct("<d")
_LONGEST_WAIT = 3600.0
"""Seconds. A time further ahead is from before a restart of the machine."""


@dataclass(slots=True)
class HostSlots:
    """A file a host holds when it may be asked next, on the clock that all processes of a machine share; a lock on the
    file makes taking a turn one step, and ends with the process that holds it."""

    folder: Path
    _files: dict[str, int] = field(default_factory=dict)

    def take(self, host: str, interval: float) -> float:
        """Takes the next turn and tells in how many seconds it is."""
        descriptor = self._file(host)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            now = time.monotonic()
            data = os.pread(descriptor, _NUMBER.size, 0)
            free = _NUMBER.unpack(data)[0] if len(data) == _NUMBER.size else now
            turn = free if now < free < now + _LONGEST_WAIT else now
            os.pwrite(descriptor, _NUMBER.pack(turn + interval), 0)
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        return turn - now

    def place(self) -> str:
        """Names those who share these turns: the folder, on a machine since its start, whose clock they go by."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / _PLACE
        with suppress(FileExistsError), file.open("x", encoding="ascii") as fresh:
            fresh.write(uuid4().hex)
        return hashlib.sha256(f"{file.read_text()} {_BOOT.read_text()}".encode()).hexdigest()[:24]

    def postpone(self, host: str, seconds: float) -> None:
        """Nobody asks the host before that, as it has wished."""
        descriptor = self._file(host)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            os.pwrite(descriptor, _NUMBER.pack(time.monotonic() + min(seconds, _LONGEST_WAIT)), 0)
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _file(self, host: str) -> int:
        if host not in self._files:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(host.encode()).hexdigest()[:24]
            self._files[host] = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._files[host]
