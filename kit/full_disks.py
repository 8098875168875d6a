"""Telling that a disk is full from whatever is raised for it."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import OperationalError

_SQLITE_FULL = sqlite3.SQLITE_FULL
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_disk_full(error: BaseException) -> bool:
    """Whether it, or what it was raised from, says that there is no room left to write."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        origin = seen.orig if isinstance(seen, OperationalError) else seen
        if isinstance(origin, sqlite3.OperationalError) and getattr(origin, "sqlite_errorcode", None) == _SQLITE_FULL:
            return True
        seen = seen.__cause__
    return False
