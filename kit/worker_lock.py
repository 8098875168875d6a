"""Tells whether any other worker runs on a home."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

from kit.home import WORKER_LOCK_NAME


class WorkerLock:
    """A flock on `<home>/worker.lock`, held until `release` or the end of the process, however it ends.

    Whoever holds it alone knows that all other workers on this home are gone; while working it is shared, so that
    others may come and each newcomer sees that somebody is there. Forked children let go of it, so that a child which
    outlives its parent does not keep the lock; children made by exec never get it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / WORKER_LOCK_NAME
        self._descriptor: int | None = None
        self._is_shared = False
        itself = weakref.ref(self)  # the registration lasts as long as the process and must not keep this object
        os.register_at_fork(after_in_child=lambda: _forget_in_child(itself))

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        """True when this object holds the lock alone now; never waits. A lock that is shared stays so."""
        if self._descriptor is not None:
            return not self._is_shared
        descriptor = self._opened()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def share(self) -> None:
        """Hold it beside others from now on. Waits while somebody else holds it alone, which is not for long."""
        if self._descriptor is None:
            self._descriptor = self._opened()
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        self._is_shared = True

    def release(self) -> None:
        """Let go; harmless when it is not held. The file stays: removing it would let two holders in."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self.forget()

    def forget(self) -> None:
        """Close this process's handle; the lock itself goes only with the last handle, so a child's parent keeps it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._is_shared = False

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _forget_in_child(reference: weakref.ref[WorkerLock]) -> None:
    lock = reference()
    if lock is not None:
        lock.forget()
